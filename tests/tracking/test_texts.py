"""Texts of a run are read as far as they are texts."""

from pathlib import Path

from runner.tracking import Kind, Store
from runner.tracking.texts import read_text, text_of


def test_what_is_damaged_is_read_as_far_as_it_is_whole(store_folder: Path) -> None:
    store = Store(f"sqlite:///{store_folder}/mlflow.db", "tests")
    run = store.new_run(Kind.POINT, "point", {}, {})
    run.log_text("a café", "classes.csv")
    run.end("FINISHED")
    record = store.get(run.id)
    assert text_of(store, record, "classes.csv") == "a café"
    assert text_of(store, record, "correct.csv") == ""
    Path(store.local_file(record, "classes.csv")).write_bytes(b"a,\xff\n")
    assert read_text(store, record, "classes.csv") == "a,\ufffd\n"
