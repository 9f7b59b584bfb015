"""Unpack a large .npz file into arrays of the cache, which are mapped and not read."""

import hashlib
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from runner.data.array_faults import require_sound
from runner.data.arrays import CLASSES, NAMES, Arrays
from runner.data.images import kept_kind
from runner.data.npz_bounds import gigabytes, total_bytes
from runner.data.scale import ALIGNMENT
from runner.files import array_folder
from runner.files.npy_headers import Header
from runner.files.regular_file import UnfitFile
from runner.files.zip_bounds import open_bounded, pieces

# In bytes: more than a header of an array has.
_MOST_HEADER = 2**17
# Examples that are converted together.
_AT_ONCE = 256


def unpack(file: BinaryIO, found: Mapping[str, Header], cache: Path, pixels: bool) -> Arrays:
    """Return the arrays of a file, which are unpacked unless they have been.

    Images are kept as bytes or as float32.

    Args:
        file: an .npz file, open for reading.
        found: what its arrays say of themselves.
        cache: folder for data sets that are unpacked.
        pixels: whether the data must be images, in the range of pixels.

    Raises:
        UnfitFile: the arrays do not fit together, or not on the disk.
        Refused: what is in the cache is not its user's alone.
        Exception: of many kinds, for a damaged file.
    """
    if missing := [name for name in NAMES if name not in found]:
        raise UnfitFile(f"has no array {missing[0]}; needs {NAMES}")

    def make(folder: Path) -> Mapping[str, Any]:
        _require_disk(found, cache, pixels)
        return _make(file, found, folder, pixels)

    path = cache / "datasets" / f"npz-{_identity(file, pixels)}"
    unpacked = array_folder.obtain(cache, path, make)
    names = unpacked.notes["classes"]
    classes = None if names is None else tuple(names)
    return Arrays(**unpacked.arrays, classes=classes, texts=unpacked.texts)


def _identity(file: BinaryIO, pixels: bool) -> str:
    """Identify a file by what changes with its content: nobody can set the time of its change."""
    status = os.fstat(file.fileno())
    facts = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    code = Path(__file__).read_bytes()
    return hashlib.sha256(f"{facts} {pixels}".encode() + code).hexdigest()[:16]


def _kept(name: str, found: Mapping[str, Header], pixels: bool) -> np.dtype[Any]:
    """Return the type that an array is kept in."""
    kind = found[name].dtype
    kind = kept_kind(kind, not pixels) if name.startswith("x") else kind
    return kind.newbyteorder("=")


def _require_disk(found: Mapping[str, Header], cache: Path, pixels: bool) -> None:
    needed, free = total_bytes(found), shutil.disk_usage(cache).free
    largest = max(found[name].elements * _kept(name, found, pixels).itemsize for name in NAMES)
    if needed + largest > free:
        raise UnfitFile(
            f"its arrays take {gigabytes(needed)} of disk, and {gigabytes(largest)} while they are "
            f"converted; cache.folder={cache} has {gigabytes(free)} free: take fewer or smaller "
            "images, or another cache"
        )


def _make(
    file: BinaryIO, found: Mapping[str, Header], folder: Path, pixels: bool
) -> Mapping[str, Any]:
    file.seek(0)
    with open_bounded(file) as archive:
        members = set(archive.namelist())
        for name, header in found.items():
            # numpy.load takes a member without the ending before one with it.
            member = name if name in members else f"{name}.npy"
            with (folder / f"{name}.raw").open("wb") as raw:
                raw.writelines(pieces(archive, member, header.bytes + _MOST_HEADER))
    arrays = {name: np.load(folder / f"{name}.raw", mmap_mode="r") for name in found}
    names = arrays.pop(CLASSES, None)
    classes = None if names is None else tuple(map(str, names))
    (folder / f"{CLASSES}.raw").unlink(missing_ok=True)
    require_sound(Arrays(**arrays, classes=classes), pixels)
    for name in NAMES:
        # Forgotten at once: the disk has room for one array more, not for all.
        _keep(arrays.pop(name), folder / name, _kept(name, found, pixels))
    return {"classes": classes}


def _keep(array: Any, path: Path, kind: np.dtype[Any]) -> None:
    """Leave an array that can be mapped and computed with where it is; convert another one."""
    raw, kept = path.with_suffix(".raw"), path.with_suffix(".npy")
    with raw.open("rb") as file:
        usual = np.lib.format.read_magic(file) == (1, 0) and array.offset % ALIGNMENT == 0
    if usual and array.dtype == kind and array.flags.c_contiguous:
        raw.replace(kept)
    else:
        _convert(array, kept, kind)
        raw.unlink()


def _convert(array: Any, path: Path, kind: np.dtype[Any]) -> None:
    kept = np.lib.format.open_memmap(path, "w+", kind, array.shape, version=(1, 0))
    for start in range(0, len(array), _AT_ONCE):
        rows = slice(start, start + _AT_ONCE)
        np.copyto(kept[rows], array[rows], casting="unsafe")
    kept.flush()
