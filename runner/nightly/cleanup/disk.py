"""Refuse a night that would not fit on the disk, judged by the last nights."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from rich import filesize

from runner.errors import Refused
from runner.settings.store_uri import SQLITE
from runner.tracking import Kind, Record, Store
from runner.tracking.removal import files_of

# A night that is the first, or whose size says little because it failed.
FLOOR = 500_000_000
_NIGHTS = 5


def check(store: Store, outputs: Path) -> None:
    """Refuse a night that will not fit where its files go, into the outputs and the store.

    Raises:
        Refused: it will not; says what to do.
        StoreFailed: the store does not answer.
    """
    needed = night_bytes(last_nights(store, outputs))
    for folder in (outputs, _database_folder(store)):
        if folder:
            require_room(folder, needed)


def require_room(folder: Path, needed: int) -> None:
    """Refuse a folder whose disk has fewer bytes free than are needed.

    Raises:
        Refused: it has.
    """
    path = folder.absolute()
    existing = next(parent for parent in (path, *path.parents) if parent.exists())
    free = shutil.disk_usage(existing).free
    if free < needed:
        raise Refused(
            f"{folder}: must have {filesize.decimal(needed)} free for a night, and has "
            f"{filesize.decimal(free)}; delete files, keep fewer nights, or choose another disk"
        )


def night_bytes(nights: Iterable[Iterable[Path]]) -> int:
    """Return the bytes on disk of the largest of the nights, each given by its folders."""
    return max([FLOOR, *(sum(map(bytes_in, night)) for night in nights)])


def last_nights(store: Store, outputs: Path) -> list[list[Path]]:
    """Return the folders of the last nights: of all their runs, and their outputs.

    Raises:
        StoreFailed: the store does not answer.
    """
    nights = store.of_kind(Kind.NIGHTLY)[-_NIGHTS:]
    return [[outputs / night.name, *artifact_folders(_runs_of(store, night))] for night in nights]


def artifact_folders(runs: Iterable[Record]) -> list[Path]:
    """Return the folders of the runs' artifacts that are on this machine."""
    return [folder for run in runs if (folder := files_of(run))]


def bytes_in(folder: Path) -> int:
    """Sum up the bytes of all files below a folder, which may not exist; links count nothing."""
    files = (Path(parent) / name for parent, _, names in os.walk(folder) for name in names)
    return sum(file.lstat().st_size for file in files if file.is_file() and not file.is_symlink())


def _runs_of(store: Store, night: Record) -> list[Record]:
    """Return a night's run, its sweeps and their points."""
    sweeps = store.children(night.id)
    return [night, *sweeps, *(point for sweep in sweeps for point in store.children(sweep.id))]


def _database_folder(store: Store) -> Path | None:
    """Return the folder that holds a database file, and the artifacts with it."""
    return Path(store.uri.removeprefix(SQLITE)).parent if store.uri.startswith(SQLITE) else None
