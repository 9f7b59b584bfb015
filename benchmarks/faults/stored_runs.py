"""Read back what a store holds, from its database and its files and by no code of the runner."""

import hashlib
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

SUPERSEDED = "runner.superseded"


class Unreadable(Exception):
    """The database cannot be read now."""


@dataclass(frozen=True)
class StoredRun:
    """A run that is not deleted.

    Attributes:
        files: the SHA-256 of each artifact that is there, by its path.
    """

    id: str
    name: str
    status: str
    folder: Path
    tags: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """What it is: a sweep, a point or a baseline."""
        return self.tags.get("runner.kind", "")

    @property
    def parent(self) -> str:
        """The id of the run above it."""
        return self.tags.get("mlflow.parentRunId", "")

    @property
    def fingerprint(self) -> str:
        """What identifies it; of a baseline, its signature and the code that measured it."""
        if self.kind == "baseline":
            return f"{self.tags.get('runner.signature')} {self.tags.get('runner.measuring')}"
        return self.tags.get("runner.fingerprint", "")


def read(database: Path, experiment: str, served: Path | None = None) -> list[StoredRun]:
    """Return the runs of an experiment that readers count, oldest first.

    Args:
        served: the folder of a server's artifacts.

    Raises:
        Unreadable: there is no database, or it is damaged or locked.
    """
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True, timeout=5)) as rows:
            found = [_run(rows, row, served) for row in rows.execute(_RUNS, (experiment,))]
    except (sqlite3.Error, OSError) as fault:
        raise Unreadable(str(fault)) from fault
    return [run for run in found if run.tags.get(SUPERSEDED) != "true"]


_RUNS = """
    SELECT run_uuid, runs.name, status, artifact_uri FROM runs
    JOIN experiments USING (experiment_id)
    WHERE experiments.name = ? AND runs.lifecycle_stage = 'active' ORDER BY start_time
"""
_TAGS = "SELECT key, value FROM tags WHERE run_uuid = ?"
_METRICS = "SELECT key, value FROM latest_metrics WHERE run_uuid = ?"


def _run(rows: sqlite3.Connection, row: tuple[str, ...], served: Path | None) -> StoredRun:
    run_id, name, status, uri = row
    tags = dict(rows.execute(_TAGS, (run_id,)))
    metrics = dict(rows.execute(_METRICS, (run_id,)))
    folder = _folder(uri, served)
    return StoredRun(run_id, name, status, folder, tags, metrics, _files(folder))


def _folder(uri: str, served: Path | None) -> Path:
    path = unquote(urlsplit(uri).path)
    return served / path.lstrip("/") if served else Path(path)


def _files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
