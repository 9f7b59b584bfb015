from pathlib import Path

import pytest

from runner.tracking import Store
from runner.tracking.record import Kind
from tests.cluster.postgres import require_postgres, shared_store
from tests.cluster.this_machine import ThisMachine
from tests.helpers.processes import free_port

pytestmark = pytest.mark.cluster


def test_a_store_of_two_servers_keeps_runs_and_their_files(tmp_path: Path) -> None:
    require_postgres()
    host = ThisMachine(tmp_path)
    with shared_store(host, free_port(), free_port()) as shared:
        (tmp_path / "page.txt").write_text("hello")
        store = Store(shared.server, "digits")
        store.connect()
        run = store.new_run(Kind.POINT, "one", {"a": "1"}, {})
        with run.closing():
            run.log_file(tmp_path / "page.txt")
        # The database itself knows the same runs.
        direct = Store(shared.database, "digits")
        direct.connect()
        (record,) = direct.of_kind(Kind.POINT)
        assert store.fetch(record, "page.txt", tmp_path / "copy").read_text() == "hello"
