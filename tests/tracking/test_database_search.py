"""Runs that are read from the database itself are those that MLflow's own search returns."""

import math
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from runner.tracking import Record, Store, StoreFailed, database_search, run_search

FILTERS = [
    "",
    "tags.`own` = 'a'",
    "tags.`own` = 'a' and tags.other = 'its'",
    'tags.own = "it\'s"',
    "tags.`own` = 'A'",
    "attributes.status = 'RUNNING'",
    "status = 'FINISHED' and tags.own = 'a'",
    "tags.nobody = 'a'",
]
# Those that MLflow answers.
OTHERS = ["attributes.run_name = 'one'", "metrics.loss > 1", "tags.own != 'a'", "params.b = '2'"]


@pytest.fixture
def store(store_folder: Path) -> Store:
    store = Store(f"sqlite:///{store_folder}/mlflow.db", "tests")
    store.connect()
    client, own = store.connection, store.experiment_id
    other = client.create_experiment("other")
    for number, (name, tag) in enumerate(
        [("one", "a"), ("two", "it's"), ("\U0001f40c; DROP TABLE runs", "a"), ("gone", "a")]
    ):
        for experiment in (own, other):
            # Two runs each of one moment.
            run = client.create_run(
                experiment, start_time=1000 - number // 2, tags={"own": tag}, run_name=name
            )
            run_id = run.info.run_id
            for key, value in (("z", "1"), ("b", "2"), ("a", ""), ("long", "x" * 5000)):
                client.log_param(run_id, key, value)
            client.set_tag(run_id, "other", "its")
            for loss in (2.5, math.inf, -math.inf, math.nan)[: number + 1]:
                client.log_metric(run_id, "loss", loss)
            client.log_metric(run_id, "accuracy", 0.1 + number)
            if number % 2:
                client.set_terminated(run_id, "FINISHED", end_time=2000)
            if name == "gone":
                client.delete_run(run_id)
    return store


def _shown(records: list[Record]) -> list[Any]:
    """Show all that records hold: a NaN is the same as another, and the order counts."""
    return [repr(record) for record in records]


def test_they_are_those_that_mlflow_returns(store: Store) -> None:
    for filters in FILTERS:
        expected = run_search._by_mlflow(store.connection, store.experiment_id, filters)
        assert store.connection.database is not None
        found = database_search.search(store.connection.database, store.experiment_id, filters)
        assert found is not None
        assert _shown(found) == _shown(expected) == _shown(store.find(filters)), filters
    assert [len(store.find(filters)) for filters in FILTERS] == [3, 2, 2, 1, 0, 2, 0, 0]


def test_what_it_cannot_search_for_mlflow_does(store: Store) -> None:
    assert store.connection.database is not None
    for filters in OTHERS:
        arguments = store.connection.database, store.experiment_id, filters
        assert database_search.search(*arguments) is None
    assert [len(store.find(filters)) for filters in OTHERS] == [1, 2, 1, 3]


def test_other_tables_are_left_to_mlflow(store: Store, tmp_path: Path) -> None:
    later = tmp_path / "later.db"
    with closing(sqlite3.connect(later)) as database, database:
        database.execute("CREATE TABLE runs (run_uuid TEXT)")
    assert database_search.search(later, store.experiment_id, "") is None


def test_a_damaged_database_does_not_answer(store: Store) -> None:
    database = store.connection.database
    assert database is not None
    database.write_bytes(b"no database" * 1000)
    with pytest.raises(StoreFailed, match="file is not a database"):
        store.find("")
