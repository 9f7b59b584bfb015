"""Say which images cannot be read, and go on without them where that is asked for."""

import functools
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from runner.errors import Refused
from runner.escaping.terminal import visible
from runner.settings import DatasetSettings

log = logging.getLogger(__name__)

# Images that a line names; all others are in the list beside the pixels.
_NAMED = 5
_LIST = "unreadable.txt"
# Images that are moved at a time.
_AT_ONCE = 256


def refuse_or_tell(
    settings: DatasetSettings, unreadable: Sequence[Sequence[str]], images: int, folder: Path
) -> None:
    """Refuse what cannot be read, or say that it is left out.

    Args:
        unreadable: pairs of a file and the reason.
        images: how many files there are.
        folder: where all of them are listed.

    Raises:
        Refused: there is one, and `dataset.skip_unreadable` is not set; or none is left.
    """
    if not unreadable:
        return
    line = _in_words(settings, unreadable, images, folder)
    if not settings.skip_unreadable:
        raise Refused(f"{line}; dataset.skip_unreadable=true goes on without them")
    _warn(f"{line}; going on without them")


def _in_words(
    settings: DatasetSettings, unreadable: Sequence[Sequence[str]], images: int, folder: Path
) -> str:
    named = ", ".join(f"{file} ({reason})" for file, reason in unreadable[:_NAMED])
    line = f"dataset.path={settings.path}: {len(unreadable):,} of {images:,} images cannot be read"
    more = len(unreadable) - _NAMED
    if more <= 0:
        return f"{line}: {named}"
    path = folder.with_name(f"{folder.name}.{_LIST}")
    lines = (visible(f"{file}: {reason}") + "\n" for file, reason in unreadable)
    path.write_text("".join(lines), encoding="utf-8")
    path.chmod(0o600)
    return f"{line}: {named} and {more:,} more, all of them listed in {path}"


@functools.cache
def _warn(line: str) -> None:
    log.warning("%s", line)


def without(rows: Sequence[int], path: Path) -> None:
    """Take rows out of an array in a file."""
    if not rows:
        return
    array = np.load(path, mmap_mode="r")
    left = np.delete(np.arange(len(array)), rows)
    unfinished = path.with_suffix(".left")
    shape = (len(left), *array.shape[1:])
    if not len(left):
        np.save(path, np.empty(shape, array.dtype))
        return
    kept = np.lib.format.open_memmap(unfinished, "w+", array.dtype, shape)
    for start in range(0, len(left), _AT_ONCE):
        kept[start : start + _AT_ONCE] = array[left[start : start + _AT_ONCE]]
    kept.flush()
    unfinished.replace(path)
