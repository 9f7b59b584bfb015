"""What is said of a store that fails."""

import shutil
from pathlib import Path

import pytest

from runner.point.outcome import JobFailed
from runner.tracking import Kind, Run, Store, StoreFailed


@pytest.fixture
def store(store_folder: Path) -> Store:
    return Store(f"sqlite:///{store_folder}/mlflow.db", "tests")


@pytest.fixture
def forgotten(store: Store, store_folder: Path, empty_store: Path) -> Run:
    """A run of a store that came back empty."""
    run = store.new_run(Kind.SWEEP, "a", {}, {})
    run.flush()
    shutil.copyfile(empty_store, store_folder / "mlflow.db")
    return run


def test_what_went_wrong_before_is_not_the_reason_of_the_store(forgotten: Run) -> None:
    with pytest.raises(StoreFailed, match="no longer knows run"):  # noqa: PT012
        try:
            raise JobFailed("3 of 3 points failed")
        except JobFailed:
            forgotten.end("FAILED")


def test_a_store_that_came_back_empty_is_told_from_one_that_answers(
    store: Store, forgotten: Run
) -> None:
    words = f"the store at {store.uri} no longer knows"
    with pytest.raises(StoreFailed) as failure:
        forgotten.end("FINISHED")
    assert str(failure.value) == f"{words} run {forgotten.id}; begin anew with sweep.resume=false"
    with pytest.raises(StoreFailed, match=f"{words} experiment 1; begin anew"):
        store.new_run(Kind.POINT, "b", {}, {}).flush()
