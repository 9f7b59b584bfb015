"""Read texts among the artifacts of a run."""

from pathlib import Path, PurePosixPath

from runner.errors import one_line
from runner.tracking.connection import StoreFailed
from runner.tracking.record import Record
from runner.tracking.store import Store
from runner.tracking.temporary_folder import temporary_folder


def read_text(store: Store, record: Record, artifact: str) -> str:
    """Return a text; empty where the run has no such artifact.

    Raises:
        StoreFailed: the store does not answer: nobody knows what the run has.
    """
    path = Path(store.local_file(record, artifact))
    # Of a server, it is an address.
    if path.is_absolute():
        return _text(path)
    parent = str(PurePosixPath(artifact).parent)
    with temporary_folder() as folder:
        # A client that asks a server for what is missing would use up all its retries.
        found = store.connection.list_artifacts(record.id, "" if parent == "." else parent)
        if artifact in [each.path for each in found]:
            return _text(store.fetch(record, artifact, folder))
    return ""


def _text(path: Path) -> str:
    try:
        # What is damaged is refused by whoever knows how it should look.
        return path.read_text("utf-8", "replace")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return ""
    except OSError as error:
        raise StoreFailed(one_line(error)) from error
