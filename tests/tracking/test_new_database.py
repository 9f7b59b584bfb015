"""Databases whose making was cut short, and files that are none of them."""

import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from runner.errors import Refused
from runner.tracking import Kind, Store
from tests.helpers.hanging import wait_until


def _half_made(database: Path) -> Path:
    """Take a database back to where MLflow had made its table of spans, but not noted that."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '770bee3ae1dd'")
        connection.execute("DROP TABLE issues")
    return database


def _log_a_run(database: Path) -> None:
    store = Store(f"sqlite:///{database}", "tests")
    store.new_run(Kind.POINT, "a", {}, {}).end("FINISHED")
    assert _names(database) == ["a"]


def _names(database: Path) -> list[str]:
    return [record.name for record in Store(f"sqlite:///{database}", "tests").find("")]


def test_a_half_made_database_without_runs_is_made_anew(store_folder: Path) -> None:
    (store_folder / "link.db").symlink_to(_half_made(store_folder / "mlflow.db"))
    _log_a_run(store_folder / "link.db")
    assert (store_folder / "link.db").is_symlink()
    names = {path.name for path in store_folder.iterdir()}
    assert names <= {"mlflow.db", "link.db", ".link.db.lock", "mlruns"}


def test_one_that_holds_runs_is_left_alone_and_named(store_folder: Path) -> None:
    database = store_folder / "mlflow.db"
    _log_a_run(database)
    shutil.copy(_half_made(database), store_folder / "copy.db")
    before = (store_folder / "copy.db").read_bytes()
    with pytest.raises(Refused, match=r"not usable .*already exists.*copy\.db is half made"):
        Store(f"sqlite:///{store_folder}/copy.db", "tests").connect()
    assert (store_folder / "copy.db").read_bytes() == before


@pytest.mark.long
def test_the_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "theirs.db")) as connection, connection:
        connection.execute("CREATE TABLE notes (text)")
    # MLflow adds its own tables to it.
    _log_a_run(tmp_path / "theirs.db")
    with closing(sqlite3.connect(tmp_path / "theirs.db")) as connection:
        assert connection.execute("SELECT * FROM notes").fetchall() == []


@pytest.mark.long
def test_one_that_another_process_is_making_is_waited_for(
    store_folder: Path, empty_store: Path
) -> None:
    database = _half_made(store_folder / "mlflow.db")
    holds_it = "import sys; file = open(sys.argv[1]); print(flush=True); sys.stdin.read()"
    maker = subprocess.Popen(
        [sys.executable, "-c", holds_it, database], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert maker.stdout is not None
    maker.stdout.readline()
    log = threading.Thread(target=_log_a_run, args=[database])
    log.start()
    log.join(timeout=2.5)
    assert log.is_alive()
    shutil.copyfile(empty_store, database)
    maker.communicate(b"")
    log.join()
    assert _names(database) == ["a"]


@pytest.mark.long
def test_a_kill_while_it_is_made_leaves_no_half(tmp_path: Path) -> None:
    making = "import sys; from runner.tracking import Store; Store(sys.argv[1], 'a').connect()"
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    process = subprocess.Popen([sys.executable, "-c", making, uri])
    wait_until((tmp_path / ".mlflow.db.new").exists, "the new database")
    process.kill()
    process.wait()
    assert not (tmp_path / "mlflow.db").exists()
    _log_a_run(tmp_path / "mlflow.db")
    assert not (tmp_path / ".mlflow.db.new").exists()


@pytest.mark.long
def test_a_database_that_is_locked_for_half_a_minute_is_waited_for(
    store_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store(f"sqlite:///{store_folder}/mlflow.db", "tests")
    run = store.new_run(Kind.POINT, "a", {}, {})
    run.flush()
    with closing(sqlite3.connect(store_folder / "mlflow.db", check_same_thread=False)) as other:
        other.execute("BEGIN EXCLUSIVE")
        # SQLite itself gives up after 20 s.
        threading.Timer(25, other.rollback).start()
        run.log_metrics({"sparsity": 0.5})
        run.end("FINISHED")
    assert store.get(run.id).metrics == {"sparsity": 0.5}
    (line,) = [record.message for record in caplog.records]
    assert "database is locked; trying for" in line
