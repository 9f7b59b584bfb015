"""Keep in the cache a file that lies elsewhere, each in a folder of its own."""

import os
from collections.abc import Callable, Mapping
from io import BufferedWriter
from pathlib import Path
from typing import Any

from runner.files import kept_folder
from runner.files.kept_folder import KeptFolder

_FILE = "file"


def obtain(root: Path, path: Path, write: Callable[[BufferedWriter], None]) -> Path:
    """Return the file of a folder; it is written where there is none as it was written.

    Args:
        root: the cache.
        path: the folder, below the cache.
        write: writes the file.

    Raises:
        Refused: what is in the cache is not its user's alone.
    """

    def make(folder: Path) -> Mapping[str, Any]:
        with (folder / _FILE).open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        return {}

    return kept_folder.obtain(root, path, _require_whole, make, _FILE)


def _require_whole(kept: KeptFolder) -> Path:
    with kept.opened(_FILE):
        return kept.path / _FILE
