"""Read the store that version 0.1 left, whatever this version has added to it."""

import subprocess
from collections.abc import Callable
from pathlib import Path

from runner.tracking import Record, Store

Done = subprocess.CompletedProcess[str]
Enter = Callable[..., Done]

# Hours in which no point is started, so that a sweep and a night are over in seconds.
NO_TIME = 1e-9


def store_of(folder: Path, experiment: str) -> Store:
    """Open one experiment of a folder's store."""
    return Store(f"sqlite:///{folder}/mlflow.db", experiment)


def of_kind(store: Store, kind: str) -> list[Record]:
    """Return the runs of a kind, oldest first."""
    return store.find(f"tags.`runner.kind` = '{kind}'")


def under(store: Store, parent: Record) -> list[Record]:
    """Return the runs under another one."""
    return store.find(f"tags.`mlflow.parentRunId` = '{parent.id}'")


def statuses(store: Store, parent: Record) -> dict[str, str]:
    """Return the status of each run under another one, by its name."""
    return {record.name: record.status for record in under(store, parent)}
