"""Files of finished runs that are gone are named; what cannot be looked at is not."""

from dataclasses import replace
from pathlib import Path

import pytest

from runner.tracking import Kind, Run, Store
from runner.tracking.missing_files import missing_files


@pytest.fixture
def run(store_folder: Path) -> Run:
    """A finished run with a file."""
    store = Store(f"sqlite:///{store_folder}/mlflow.db", "tests")
    run = store.new_run(Kind.POINT, "point", {}, {})
    for name in ("models/h5.h5", "models/labels.txt", "layers.csv", "classes.csv", "config.yaml"):
        run.log_text("text", name)
    run.log_text("text", "devices.csv")
    run.log_text("text", "correct.csv")
    run.log_metrics({"zip_bytes/h5": 4.0})
    run.end("FINISHED")
    return run


def test_files_are_named_that_are_gone_and_not_those_that_nobody_may_see(
    run: Run, store_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store(f"sqlite:///{store_folder}/mlflow.db", "tests")
    record = store.get(run.id)
    models = Path(store.local_file(record, "models"))
    assert missing_files(store, [record]) == {}
    (models / "labels.txt").unlink()
    assert missing_files(store, [record]) == {run.id: ["models/labels.txt"]}
    # As in a folder of another user, also for one whom no rights keep out: the system refuses.
    unseen = replace(record, artifacts=f"{record.artifacts}/{'x' * 300}")
    assert missing_files(store, [unseen]) == {}
    assert "not known whether the files of point are there: " in caplog.text
