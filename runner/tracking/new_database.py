"""Make a SQLite database for MLflow whole, or anew where its making was cut short."""

import re
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

import psutil
from mlflow.store.db.base_sql_model import Base
from mlflow.store.db.utils import _get_latest_schema_revision
from mlflow.store.tracking.dbmodels.initial_models import Base as InitialBase
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

from runner.settings.store_uri import SQLITE

# What MLflow itself writes into a new database: a first experiment, and a first workspace.
_ROWS_AT_FIRST = {"alembic_version": 1, "experiments": 1, "workspaces": 1}
# Seconds in which a program that makes tables does change the file.
_STILL = 1.0
# What a step of making tables fails with that was carried out before, and not noted.
_COLLISION = re.compile(r"\b(table|index) \S+ already exists|duplicate column name", re.IGNORECASE)
# Beside a database: what a process that was killed may have left to be undone in it.
_JOURNALS = ("-journal", "-wal", "-shm")


def prepare(database: Path, root: str) -> None:
    """Make the database where it is missing, or half made and without anything in it.

    MLflow itself makes the tables one by one, and can never use what a kill leaves of that. The
    caller keeps others out. One that another program is making at this moment is waited for.

    Args:
        root: address of the folder for the files of the first experiment.

    Raises:
        OSError: the folder cannot be written.
    """
    database = Path(database).resolve()
    if not database.exists() or not database.stat().st_size or _is_abandoned(database):
        _make(database, root)


def advice(database: Path, failure: str) -> str:
    """Say what helps where the tables of a database that is not empty cannot be completed."""
    if not _COLLISION.search(failure):
        return ""
    return (
        f"; {database} is half made, as a kill leaves it, and not empty: put a copy of it back, or "
        "move it away to begin with an empty one"
    )


def _is_abandoned(database: Path) -> bool:
    """Tell whether the making of this database was cut short, and it holds nothing."""
    before = None
    while _is_unfinished(database):
        now = database.stat()
        if now == before and not _is_open(database):
            return True
        before = now
        time.sleep(_STILL)
    return False


def _is_unfinished(database: Path) -> bool:
    """Tell whether it has tables of MLflow, not all of them, and nothing in them."""
    try:
        # Reading undoes what a killed process has left half written.
        with closing(sqlite3.connect(database)) as connection:
            return _holds_nothing(connection) and not _is_whole(connection)
    except sqlite3.DatabaseError:
        # Not a database, or locked: MLflow says so.
        return False


def _holds_nothing(connection: sqlite3.Connection) -> bool:
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    names = {name for (name,) in tables if not name.startswith(("sqlite_", "_alembic_tmp_"))}
    known = {*Base.metadata.tables, *InitialBase.metadata.tables, "alembic_version"}
    return names <= known and all(
        _rows(connection, name) <= _ROWS_AT_FIRST.get(name, 0) for name in names
    )


def _rows(connection: sqlite3.Connection, table: str) -> int:
    few = connection.execute(f'SELECT 1 FROM "{table}" LIMIT 2')  # noqa: S608
    return len(few.fetchall())


def _is_whole(connection: sqlite3.Connection) -> bool:
    with suppress(sqlite3.OperationalError):
        found = connection.execute("SELECT version_num FROM alembic_version").fetchall()
        return found == [(_get_latest_schema_revision(),)]
    return False


def _is_open(database: Path) -> bool:
    """Tell whether a process of this user has the file open; others are not seen."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if any(file.path == str(database) for file in process.open_files()):
                return True
    return False


def _make(database: Path, root: str) -> None:
    """Make it under another name, which nobody opens, and rename it."""
    new = database.with_name(f".{database.name}.new")
    for ending in ("", *_JOURNALS):
        Path(f"{new}{ending}").unlink(missing_ok=True)
    SqlAlchemyStore(f"{SQLITE}{new}", root).engine.dispose()
    for ending in _JOURNALS:
        Path(f"{database}{ending}").unlink(missing_ok=True)
    new.replace(database)
