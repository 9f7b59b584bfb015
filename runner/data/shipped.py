"""Find the files of data sets that were shipped to this machine, by their paths on the sweep's."""

from collections.abc import Callable
from io import BufferedWriter
from pathlib import Path

from runner.files import kept_file

_here: dict[Path, Path] = {}


def receive(path: Path, digest: str, cache: Path, write: Callable[[BufferedWriter], None]) -> None:
    """Keep a file in the cache; this process reads it wherever that path is asked for.

    Args:
        path: where it lies on the machine of the sweep.
        digest: SHA-256 of its content.
        cache: folder for data sets.
        write: writes the content into a file; called where the cache has it not yet.

    Raises:
        Refused: what is in the cache is not its user's alone.
    """
    folder = cache / "datasets" / f"shipped-{digest[:16]}"
    _here[path] = kept_file.obtain(cache, folder, write)


def found(path: Path) -> Path:
    """Return where this machine has what lies at a path on the machine of the sweep."""
    return _here.get(path, path)
