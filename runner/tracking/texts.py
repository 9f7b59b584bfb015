"""Read texts among the artifacts of a run."""

from contextlib import suppress
from pathlib import PurePosixPath

from runner.tracking.connection import StoreFailed
from runner.tracking.record import Record
from runner.tracking.store import Store
from runner.tracking.temporary_folder import temporary_folder


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
    with temporary_folder() as folder:
        # A client that asks a server for what is missing would use up all its retries.
        found = store.connection.list_artifacts(record.id, "" if parent == "." else parent)
        if artifact in [each.path for each in found]:
            # What is damaged is refused by whoever knows how it should look.
            return store.fetch(record, artifact, folder).read_text("utf-8", "replace")
    return ""
