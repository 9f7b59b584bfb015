"""Keep in the cache a file that lies elsewhere, each in a folder of its own, whole or not at all.

The folder holds the file, and `index.json` with its digest. It gets its name when it is complete.
"""

import json
import os
import shutil
from collections.abc import Callable
from io import BufferedWriter
from pathlib import Path

from runner.files import array_folder, file_digest, private_folder

_FILE = "file"


def obtain(root: Path, folder: Path, write: Callable[[BufferedWriter], None]) -> Path:
    """Return the file of a folder; it is written where there is none as it was written.

    Processes of this machine wait for the one that writes it.

    Args:
        root: the cache.
        folder: the folder, below the cache.
        write: writes the file.

    Raises:
        Refused: what is in the cache is not its user's alone.
    """
    private_folder.make(root, *folder.parent.relative_to(root).parts)
    with array_folder.lock(root, folder):
        private_folder.require(root, folder)
        if not _is_whole(root, folder):
            shutil.rmtree(folder, ignore_errors=True)
            _make(folder, write)
        os.utime(folder / array_folder.INDEX)
    return folder / _FILE


def _is_whole(root: Path, folder: Path) -> bool:
    """Tell whether the file is there with the digest that it was written with."""
    try:
        with private_folder.open_own(root, folder / array_folder.INDEX) as index:
            expected = json.load(index)["digest"]
        with private_folder.open_own(root, folder / _FILE) as file:
            return bool(file_digest.digest(file) == expected)
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return False


def _make(folder: Path, write: Callable[[BufferedWriter], None]) -> None:
    unfinished = folder.with_name(f".{folder.name}")
    # One that was interrupted may have left it; the lock is held.
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(0o700)
    try:
        with (unfinished / _FILE).open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        with (unfinished / _FILE).open("rb") as written:
            index = {"digest": file_digest.digest(written)}
        (unfinished / array_folder.INDEX).write_text(json.dumps(index), encoding="utf-8")
        private_folder.close_to_others(unfinished)
        unfinished.replace(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
