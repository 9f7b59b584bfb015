"""Keep folders in the cache, each made whole or not at all, and noticed where it has changed.

A folder holds files, and `index.json` with the digest of each, and notes. It gets its name when it
is complete. What half a write or another hand has left there is noticed by the digests.
"""

import json
import logging
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from filelock import FileLock

from runner.files import file_digest, private_folder

log = logging.getLogger(__name__)

_INDEX = "index.json"

Content = TypeVar("Content")


class Damaged(ValueError):
    """A folder that is not as it was written; the text says why."""


@dataclass(frozen=True)
class KeptFolder:
    """Open the files of a folder that was made.

    Attributes:
        root: the cache.
        path: the folder, below the cache.
        digests: of its files, by their names without an ending.
        notes: what was noted with them, as JSON holds it.
    """

    root: Path
    path: Path
    digests: Mapping[str, str]
    notes: Mapping[str, Any]

    @contextmanager
    def opened(self, name: str) -> Iterator[BinaryIO]:
        """Open a file of the folder for the time of a block, from its first byte.

        Raises:
            Damaged: it has other bytes than when it was written.
            Refused: it is not its user's alone.
        """
        file = self.path / name
        with private_folder.open_own(self.root, file) as opened:
            if file_digest.digest(opened) != self.digests[file.stem]:
                raise Damaged(f"{name} has other bytes than were written")
            opened.seek(0)
            yield opened


def obtain(
    root: Path,
    path: Path,
    read: Callable[[KeptFolder], Content],
    make: Callable[[Path], Mapping[str, Any]],
    pattern: str,
) -> Content:
    """Read a folder; it is made where there is none, and made anew where it is damaged.

    Processes of this machine wait for the one that makes it.

    Args:
        root: the cache.
        path: the folder, below the cache.
        read: reads the folder; what is not as it was written ends it with an error.
        make: writes the files into a folder, and returns notes on them.
        pattern: what the names of all files are like that are written.

    Raises:
        Damaged: what was made just now is not as it was written.
        Refused: what is in the cache is not its user's alone.
    """
    private_folder.make(root, *path.parent.relative_to(root).parts)
    with lock(root, path):
        private_folder.require(root, path)
        if path.exists():
            try:
                found = _read(root, path, read)
                os.utime(path / _INDEX)
                return found
            except Damaged as reason:
                log.warning("%s: %s; made anew", path, reason)
                shutil.rmtree(path)
        _make(path, make, pattern)
        return _read(root, path, read)


def _read(root: Path, path: Path, read: Callable[[KeptFolder], Content]) -> Content:
    """Read a folder, of which whatever is missing or strange is damage."""
    try:
        with private_folder.open_own(root, path / _INDEX) as file:
            index = json.load(file)
        return read(KeptFolder(root, path, dict(index["digests"]), dict(index["notes"])))
    except Damaged:
        raise
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Damaged(f"not what was written there ({error})") from None


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
    index = path / _INDEX
    return (index if index.exists() else path).lstat().st_mtime


def _make(path: Path, make: Callable[[Path], Mapping[str, Any]], pattern: str) -> None:
    unfinished = path.with_name(f".{path.name}")
    # One that was interrupted may have left it; the lock is held.
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(0o700)
    try:
        notes = make(unfinished)
        # Before they are digested: it changes the files.
        private_folder.close_to_others(unfinished)
        index = {"digests": _digests(unfinished, pattern), "notes": notes}
        (unfinished / _INDEX).write_text(json.dumps(index), encoding="utf-8")
        private_folder.close_to_others(unfinished / _INDEX)
        unfinished.replace(path)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _digests(folder: Path, pattern: str) -> dict[str, str]:
    digests = {}
    for path in sorted(folder.glob(pattern)):
        with path.open("rb") as file:
            digests[path.stem] = file_digest.digest(file)
    return digests
