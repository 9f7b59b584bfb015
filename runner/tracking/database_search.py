"""Search the runs of a SQLite database in it: MLflow makes an object of every single value."""

import math
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

from mlflow.utils.search_utils import SearchUtils

from runner.tracking.record import Record

_RUNS = "run_uuid, name, status, artifact_uri, start_time, end_time, experiment_id"
_OF_EXPERIMENT = "experiment_id = ? AND lifecycle_stage = 'active'"
_HAS_TAG = "run_uuid IN (SELECT run_uuid FROM tags WHERE key = ? AND value = ?)"
# Of a database whose tables are not those that are known here.
_OTHER_TABLES = ("no such table", "no such column")
_Values = dict[str, dict[str, str]]


def search(database: Path, experiment_id: str, filters: str) -> list[Record] | None:
    """Return the runs of an experiment that match a filter in MLflow's syntax, oldest first.

    They are what MLflow's own search returns, in a twentieth of its time.

    Returns:
        None where the filter asks for more than tags and the status of runs, or where the tables
        are not those of the versions of MLflow that are known.

    Raises:
        sqlite3.Error: the database cannot be read.
    """
    condition = _condition(filters)
    if condition is None:
        return None
    where, values = condition
    arguments = (int(experiment_id), *values)
    with closing(sqlite3.connect(database)) as connection:
        # All that is read is of one moment.
        connection.execute("BEGIN")
        try:
            return list(_records(connection, f"{_OF_EXPERIMENT}{where}", arguments))
        except sqlite3.OperationalError as error:
            if not str(error).startswith(_OTHER_TABLES):
                raise
            return None


def _condition(filters: str) -> tuple[str, list[str]] | None:
    """Write a filter in SQL, with the values of its question marks."""
    where, values = "", list[str]()
    for part in SearchUtils.parse_search_filter(filters):
        kind, key, value = part["type"], part["key"], part["value"]
        if part["comparator"] != "=":
            return None
        if kind == "tag":
            where, values = f"{where} AND {_HAS_TAG}", [*values, key, value]
        elif kind == "attribute" and key == "status":
            where, values = f"{where} AND status = ?", [*values, value]
        else:
            return None
    return where, values


def _records(
    connection: sqlite3.Connection, where: str, arguments: tuple[object, ...]
) -> Iterator[Record]:
    """Read four tables, each at once."""
    ids = f"SELECT run_uuid FROM runs WHERE {where}"  # noqa: S608 (no text of a user's)

    def read(columns: str, table: str) -> sqlite3.Cursor:
        # In the order in which they were logged, as MLflow returns them.
        text = f"SELECT run_uuid, key, {columns} FROM {table}"  # noqa: S608
        order = "ORDER BY run_uuid, rowid"
        return connection.execute(f"{text} WHERE run_uuid IN ({ids}) {order}", arguments)

    params, tags = _by_run(read("value", "params")), _by_run(read("value", "tags"))
    metrics: dict[str, dict[str, float]] = {}
    for run_id, key, value, is_nan in read("value, is_nan", "latest_metrics"):
        metrics.setdefault(run_id, {})[key] = math.nan if is_nan else value
    text = f"SELECT {_RUNS} FROM runs WHERE {where}"  # noqa: S608
    order = "ORDER BY start_time IS NULL, start_time, run_uuid"
    for row in connection.execute(f"{text} {order}", arguments):
        yield _record(row, params.get(row[0], {}), tags.get(row[0], {}), metrics.get(row[0], {}))


def _by_run(rows: sqlite3.Cursor) -> _Values:
    values: _Values = {}
    for run_id, key, value in rows:
        values.setdefault(run_id, {})[key] = value
    return values


def _record(
    row: tuple[str, str, str, str, int, int | None, int],
    params: Mapping[str, str],
    tags: Mapping[str, str],
    metrics: Mapping[str, float],
) -> Record:
    run_id, name, status, artifacts, started, ended, experiment_id = row
    return Record(
        id=run_id,
        name=name or tags.get("mlflow.runName", ""),
        status=status,
        params=params,
        tags=tags,
        metrics=metrics,
        artifacts=artifacts,
        started=started,
        ended=ended,
        experiment_id=str(experiment_id),
    )
