"""Read the store that a command left in a folder."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from mlflow.tracking._tracking_service import utils

from runner.tracking import Record, Store

# What names the store, the cache or the moment is different by right.
_OTHERWISE = {"config.yaml", "settings.yaml", "devices.csv"}


def store_in(folder: Path) -> Store:
    """Open the store that the command line left in a folder."""
    return Store(f"sqlite:///{folder}/mlflow.db", "sparsity")


def runs_in(folder: Path, kind: str) -> list[Record]:
    """Find the runs of one kind there."""
    return store_in(folder).find(f"tags.`runner.kind` = '{kind}'")


def figures_in(folder: Path, kind: str) -> dict[str, dict[str, float]]:
    """Read what runs of one kind came out as, by name; how long they took is another matter."""
    return {
        run.name: {
            name: value
            for name, value in sorted(run.metrics.items())
            if not name.startswith("seconds/")
        }
        for run in sorted(runs_in(folder, kind), key=lambda run: run.name)
    }


def file_of(folder: Path, run: Record, artifact: str) -> Path:
    """Find an artifact of a run there."""
    return Path(store_in(folder).local_file(run, artifact))


def artifacts_in(folder: Path, kind: str) -> dict[str, bytes]:
    """Read all files that runs of one kind have logged, by the run's name and theirs."""
    found = {}
    for run in runs_in(folder, kind):
        root = file_of(folder, run, "models").parent
        for path in sorted(each for each in root.rglob("*") if each.is_file()):
            if path.name not in _OTHERWISE:
                found[f"{run.name}/{path.relative_to(root)}"] = path.read_bytes()
    return found


@contextmanager
def copied(folder: Path, other: Path) -> Iterator[Path]:
    """Copy a folder with a store, for a test that writes into it; its files lie there too."""
    shutil.copytree(folder, other, symlinks=True)
    with closing(sqlite3.connect(other / "mlflow.db")) as database, database:
        for table, column in (("experiments", "artifact_location"), ("runs", "artifact_uri")):
            change = f"UPDATE {table} SET {column} = replace({column}, ?, ?)"  # noqa: S608
            database.execute(change, (str(folder), str(other)))
    # MLflow remembers by a run's id where its files lie, and the runs of both have the same ids.
    utils._artifact_repos_cache.clear()
    try:
        yield other
    finally:
        utils._artifact_repos_cache.clear()


def forget(folder: Path, ending: str, run_id: str = "%") -> None:
    """Delete the metrics there whose names end so, as if nobody had measured them."""
    with closing(sqlite3.connect(folder / "mlflow.db")) as database, database:
        for table in ("metrics", "latest_metrics"):
            where = "WHERE key LIKE ? AND run_uuid LIKE ?"
            database.execute(f"DELETE FROM {table} {where}", (f"%{ending}", run_id))  # noqa: S608


def refuse_metrics(folder: Path) -> None:
    """Let the store there take no more metrics, as one that only others may write."""
    with closing(sqlite3.connect(folder / "mlflow.db")) as database, database:
        database.execute(
            "CREATE TRIGGER closed BEFORE INSERT ON metrics "
            "BEGIN SELECT RAISE(ABORT, 'only read'); END"
        )
