"""Keep arrays in a folder of the cache, where all processes map them into their memory.

A folder holds one `.npy` file an array, and `index.json` with the digest of each. It gets its name
when it is complete. What half a write or another hand has left there is noticed by the digests.
"""

import json
import logging
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from runner.files import file_digest, private_folder
from runner.files.derived_text import DerivedTexts

log = logging.getLogger(__name__)

INDEX = "index.json"


class Damaged(ValueError):
    """A folder of arrays that is not as it was written; the text says why."""


@dataclass(frozen=True)
class ArrayFolder:
    """Hold what was read from a folder.

    Attributes:
        arrays: by name; mapped files, which no process can change.
        notes: what was noted with them, as JSON holds it.
        texts: what follows from the arrays, and takes long to compute.
    """

    arrays: Mapping[str, NDArray[Any]]
    notes: Mapping[str, Any]
    texts: DerivedTexts


def obtain(root: Path, path: Path, make: Callable[[Path], Mapping[str, Any]]) -> ArrayFolder:
    """Read a folder; it is made where there is none, and made anew where it is damaged.

    Args:
        root: the cache.
        path: the folder, below the cache.
        make: writes the arrays as `.npy` files into a folder, and returns the notes on them.

    Raises:
        Refused: what is in the cache is not its user's alone.
    """
    private_folder.make(root, *path.parent.relative_to(root).parts)
    with lock(root, path):
        private_folder.require(root, path)
        if path.exists():
            try:
                found = read(root, path)
                os.utime(path / INDEX)
                return found
            except Damaged as reason:
                log.warning("%s: %s; made anew", path, reason)
                shutil.rmtree(path)
        _make(path, make)
        return read(root, path)


def lock(root: Path, path: Path) -> FileLock:
    """Return the lock of who opens or makes a folder; `path` may be the name of one half made.

    Raises:
        Refused: it is not its user's alone.
    """
    file = path.with_name(f".{path.name.removeprefix('.')}.lock")
    private_folder.require(root, file)
    return FileLock(file, mode=0o600)


def last_used(path: Path) -> float:
    """Return when a folder, or one half made, was last opened or written to, in seconds."""
    index = path / INDEX
    return (index if index.exists() else path).lstat().st_mtime


def read(root: Path, path: Path) -> ArrayFolder:
    """Read a folder, and compare the digest of each file.

    Raises:
        Damaged: a file is missing, or has other bytes than when it was written.
        Refused: one is not its user's alone.
    """
    try:
        with private_folder.open_own(root, path / INDEX) as file:
            index = json.load(file)
        digests, notes = dict(index["digests"]), dict(index["notes"])
        arrays = {name: _map(root, path, name, digests[name]) for name in digests}
    except Damaged:
        raise
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Damaged(f"not the arrays that were written there ({error})") from None
    return ArrayFolder(arrays, notes, DerivedTexts(root, path))


def _map(root: Path, path: Path, name: str, expected: str) -> NDArray[Any]:
    with private_folder.open_own(root, path / f"{name}.npy") as file:
        if file_digest.digest(file) != expected:
            raise Damaged(f"{name}.npy has other bytes than were written")
        file.seek(0)
        np.lib.format.read_magic(file)
        shape, by_columns, kind = np.lib.format.read_array_header_1_0(file)
        if by_columns:
            raise Damaged(f"{name}.npy has its columns one after the other")
        if 0 in shape:
            return np.empty(shape, kind)
        # Copied on writing: TensorFlow takes only memory that could be written, and nobody writes.
        array = np.memmap(file, kind, "c", file.tell(), shape)
    view = array.view(np.ndarray)
    view.flags.writeable = False
    return view


def _make(path: Path, make: Callable[[Path], Mapping[str, Any]]) -> None:
    unfinished = path.with_name(f".{path.name}")
    # One that was interrupted may have left it; the lock is held.
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(0o700)
    try:
        notes = make(unfinished)
        # Before they are digested: it changes the files.
        private_folder.close_to_others(unfinished)
        index = {"digests": _digests(unfinished), "notes": notes}
        (unfinished / INDEX).write_text(json.dumps(index), encoding="utf-8")
        private_folder.close_to_others(unfinished / INDEX)
        unfinished.replace(path)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _digests(folder: Path) -> dict[str, str]:
    digests = {}
    for path in sorted(folder.glob("*.npy")):
        with path.open("rb") as file:
            digests[path.stem] = file_digest.digest(file)
    return digests
