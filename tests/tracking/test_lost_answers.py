"""A real server behind a real proxy that loses answers: whatever is asked twice is there once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.faults.proxy import Trouble, lose
from benchmarks.faults.tracking_server import TrackingServer
from runner.tracking import Kind, Store
from runner.tracking.tags import FINGERPRINT
from runner.tracking.versions import create_model, create_version

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrackingServer]:
    """The server, with a proxy before it."""
    running = TrackingServer(tmp_path_factory.mktemp("server"))
    yield running
    running.close()


def _losing(server: TrackingServer, experiment: str) -> Store:
    """Open a store whose next write is carried out, and whose answer is lost."""
    server.proxy.trouble = Trouble(lose, times=1, writes=True)
    return Store(server.proxy.uri, experiment)


def _again(server: TrackingServer) -> None:
    assert server.proxy.trouble is not None
    assert server.proxy.trouble.happened == 1
    server.proxy.trouble = Trouble(lose, times=1, writes=True)


def test_an_experiment_is_created_once(server: TrackingServer) -> None:
    _losing(server, "fresh").connect()
    assert server.proxy.trouble is not None
    server.proxy.trouble = None
    Store(server.proxy.uri, "fresh").connect(create=False)


def test_a_run_is_created_logged_and_closed_once(server: TrackingServer, tmp_path: Path) -> None:
    server.proxy.trouble = None
    store = Store(server.proxy.uri, "runs")
    store.connect()
    _losing(server, "runs")
    run = store.new_run(Kind.POINT, "p", {"seed": "0"}, {FINGERPRINT: "p"})
    assert run.id
    _again(server)
    (tmp_path / "file").write_text("x", encoding="utf-8")
    run.log_file(tmp_path / "file", "models")
    run.log_metrics({"accuracy/h5": 1.0})
    run.tag("gone", "x")
    run.flush()
    _again(server)
    run.untag("gone")
    _again(server)
    run.end("FINISHED")
    server.proxy.trouble = None
    (record,) = store.find("")
    assert (record.id, record.status, record.metrics) == (run.id, "FINISHED", {"accuracy/h5": 1})
    assert "gone" not in record.tags


def test_a_version_of_a_model_is_registered_once(server: TrackingServer) -> None:
    server.proxy.trouble = None
    store = Store(server.proxy.uri, "versions")
    store.connect()
    run = store.new_run(Kind.POINT, "p", {}, {})
    run.end("FINISHED")
    client = store.connection
    _losing(server, "versions")
    create_model(client, "it's")
    _again(server)
    source = f"{store.get(run.id).artifacts}/served"
    number = create_version(client, "it's", source, run_id=run.id, tags={}, description="")
    server.proxy.trouble = None
    (version,) = client.all_pages("search_model_versions")
    assert str(version.version) == number
