"""Texts of a run are read as far as they are texts."""

import json
from pathlib import Path

import pytest

from runner.tracking import Kind, Store, StoreFailed
from runner.tracking.connection import Connection
from runner.tracking.texts import read_text
from tests.helpers.gateway import Unwell, gateway


def test_what_is_damaged_is_read_as_far_as_it_is_whole(store_folder: Path) -> None:
    store = Store(f"sqlite:///{store_folder}/mlflow.db", "tests")
    run = store.new_run(Kind.POINT, "point", {}, {})
    run.log_text("a café", "classes.csv")
    run.end("FINISHED")
    record = store.get(run.id)
    assert read_text(store, record, "classes.csv") == "a café"
    assert read_text(store, record, "correct.csv") == ""
    Path(store.local_file(record, "classes.csv")).write_bytes(b"a,\xff\n")
    assert read_text(store, record, "classes.csv") == "a,\ufffd\n"


def test_what_cannot_be_looked_for_is_not_taken_for_missing(store_folder: Path) -> None:
    uri = f"sqlite:///{store_folder}/mlflow.db"
    store = Store(uri, "failing")
    with gateway() as server:
        address = f"{server.address()}/api/2.0/mlflow-artifacts/artifacts/runs"
        Connection(uri).create_experiment("failing", artifact_location=address)
        run = store.new_run(Kind.POINT, "point", {}, {})
        run.end("FINISHED")
        record = store.get(run.id)
        server.answers = [Unwell(200, {}, '{"files": []}')]
        assert read_text(store, record, "correct.csv") == ""
        server.answers = [Unwell(400)]
        with pytest.raises(StoreFailed):
            read_text(store, record, "correct.csv")
        files = json.dumps({"files": [{"path": "correct.csv", "is_dir": False, "file_size": 1}]})
        server.answers = [Unwell(200, {}, files), Unwell(400)]
        with pytest.raises(StoreFailed):
            read_text(store, record, "correct.csv")


def test_a_file_that_the_disk_does_not_give_is_not_missing(store_folder: Path) -> None:
    store = Store(f"sqlite:///{store_folder}/mlflow.db", "tests")
    run = store.new_run(Kind.POINT, "point", {}, {})
    run.log_text("a", "classes.csv")
    run.end("FINISHED")
    record = store.get(run.id)
    path = Path(store.local_file(record, "classes.csv"))
    path.unlink()
    path.symlink_to(path)
    with pytest.raises(StoreFailed, match=r"classes\.csv"):
        read_text(store, record, "classes.csv")
    path.unlink()
    assert read_text(store, record, "classes.csv") == ""
    path.mkdir()
    assert read_text(store, record, "classes.csv") == ""
