"""Read texts among the artifacts of a run."""

import tempfile
from contextlib import suppress
from pathlib import Path, PurePosixPath

from runner.tracking.connection import StoreFailed
from runner.tracking.record import Record
from runner.tracking.store import Store


def read_text(store: Store, record: Record, artifact: str) -> str:
    """Return a text; empty where the run has no such artifact, or it cannot be read."""
    with suppress(StoreFailed, OSError):
        return text_of(store, record, artifact)
    return ""


def text_of(store: Store, record: Record, artifact: str) -> str:
    """Return a text; empty where the run has no such artifact.

    Raises:
        StoreFailed: the store does not answer: nobody knows what the run has.
    """
    parent = str(PurePosixPath(artifact).parent)
    with tempfile.TemporaryDirectory() as folder:
        # A client that asks a server for what is missing would use up all its retries.
        found = store.connection.list_artifacts(record.id, "" if parent == "." else parent)
        if artifact in [each.path for each in found]:
            return store.fetch(record, artifact, Path(folder)).read_text(encoding="utf-8")
    return ""
