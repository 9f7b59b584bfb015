"""A folder goes in; whether a night fits on its disk, judged by the last nights, comes out."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from runner.errors import Refused
from runner.settings.store_uri import SQLITE
from runner.tracking import Kind, Record, Store
from runner.tracking.removal import files_of

# A night that is the first, or that says little because it failed.
FLOOR = 500_000_000
_NIGHTS = 5
_UNITS = ("B", "kB", "MB", "GB", "TB")


def check(store: Store, outputs: Path) -> None:
    """Refuse a night that will not fit where its files go, into the outputs and the store.

    Raises:
        Refused: it will not; says what to do.
        StoreFailed: the store does not answer.
    """
    needed = night_bytes(last_nights(store, outputs))
    for folder in (outputs, _beside(store)):
        if folder:
            require_room(folder, needed)


def require_room(folder: Path, needed: int) -> None:
    """Refuse a folder whose disk has fewer bytes free than are needed.

    Raises:
        Refused: it has.
    """
    there = next(each for each in (folder.absolute(), *folder.absolute().parents) if each.exists())
    free = shutil.disk_usage(there).free
    if free < needed:
        raise Refused(
            f"{folder}: must have {in_words(needed)} free for a night, and has {in_words(free)}; "
            "delete files, keep fewer nights, or choose another disk"
        )


def night_bytes(nights: Iterable[Iterable[Path]]) -> int:
    """Return what the largest of the nights, each given by its folders, has on disk."""
    return max([FLOOR, *(sum(map(bytes_in, night)) for night in nights)])


def last_nights(store: Store, outputs: Path) -> list[list[Path]]:
    """Return the folders of the last nights: of all their runs, and their outputs.

    Raises:
        StoreFailed: the store does not answer.
    """
    nights = store.of_kind(Kind.NIGHTLY)[-_NIGHTS:]
    return [[outputs / night.name, *artifact_folders(_family(store, night))] for night in nights]


def artifact_folders(runs: Iterable[Record]) -> list[Path]:
    """Return the folders of the runs' artifacts that are on this machine."""
    return [folder for each in runs if (folder := files_of(each))]


def bytes_in(folder: Path) -> int:
    """Sum up the bytes of all files below a folder, which may not be there; links count nothing."""
    found = (Path(at) / name for at, _, names in os.walk(folder) for name in names)
    return sum(each.lstat().st_size for each in found if each.is_file() and not each.is_symlink())


def in_words(size: float) -> str:
    """Write a number of bytes, as in 1.2 GB."""
    for unit in _UNITS:
        if size < 1000 or unit == _UNITS[-1]:
            break
        size /= 1000
    return f"{size:.0f} B" if unit == "B" else f"{size:.1f} {unit}"


def _family(store: Store, night: Record) -> list[Record]:
    """Return a night's run, its sweeps and their points."""
    sweeps = store.children(night.id)
    return [night, *sweeps, *(point for sweep in sweeps for point in store.children(sweep.id))]


def _beside(store: Store) -> Path | None:
    """Return the folder that holds a database file, and the artifacts beside it."""
    return Path(store.uri.removeprefix(SQLITE)).parent if store.uri.startswith(SQLITE) else None
