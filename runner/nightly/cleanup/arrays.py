"""Find the arrays of data sets in a cache that nobody has used for long, and remove them.

They are made anew where they are wanted again. What was downloaded is no folder, and stays.
"""

import time
from collections.abc import Iterable
from pathlib import Path

from filelock import Timeout

from runner.errors import Refused
from runner.files import kept_folder, private_folder
from runner.tracking import Record
from runner.tracking.removal import folders_in, remove_folders

CACHE = "cache.folder"
# A process that maps arrays may run for days, on another machine too.
_LEAST_SECONDS = 7 * 24 * 3600


def caches_of(runs: Iterable[Record]) -> list[Path]:
    """Return the folders of the caches that runs were made with."""
    return [Path(folder) for folder in sorted({run.params.get(CACHE, "") for run in runs} - {""})]


def arrays_in(cache: Path) -> list[Path]:
    """Return the folders of arrays of a cache, those half made too; none of a cache of others."""
    parent = cache / "datasets"
    try:
        private_folder.require(cache, parent)
    except Refused:
        return []
    return folders_in(parent, [path.name for path in parent.glob("*")])


def unused(caches: Iterable[Path], since: int) -> list[Path]:
    """Return the folders of arrays that nobody has used since then, nor for a week.

    Args:
        since: milliseconds since 1970.
    """
    before = min(since / 1000, time.time() - _LEAST_SECONDS)
    folders = (folder for cache in caches for folder in arrays_in(cache))
    return [folder for folder in folders if kept_folder.last_used(folder) < before]


def remove_arrays(folders: Iterable[Path]) -> None:
    """Remove folders of arrays, but for those that somebody opens or makes at this moment.

    Raises:
        StoreFailed: one cannot be removed.
    """
    for folder in folders:
        try:
            with kept_folder.lock(folder.parents[1], folder).acquire(timeout=0):
                remove_folders(folder.parent, [folder.name])
        except Timeout:
            continue
