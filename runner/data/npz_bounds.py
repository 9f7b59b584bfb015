"""Require that the arrays of an .npz file fit into the memory before any is unpacked."""

from collections.abc import Mapping, Sequence
from typing import BinaryIO

from runner.files.npy_headers import Header, headers
from runner.files.regular_file import UnfitFile
from runner.files.zip_bounds import open_bounded
from runner.process.memory import free_bytes

# In bytes: up to here a small file may hold any number of equal pixels.
_ALWAYS = 1_000_000_000
# Photographs and drawings become 2 to 20 times smaller.
_TIMES = 200
# Models compute with float32.
_FLOAT = 4


def require_fitting(file: BinaryIO, size: int, names: Sequence[str]) -> None:
    """Require that arrays can be unpacked and scaled.

    Args:
        file: an .npz file, open for reading.
        size: its bytes.
        names: of the arrays that are read; those of images begin with x.

    Raises:
        UnfitFile: they do not fit into the memory, or are far more than such a file can hold.
        zipfile.BadZipFile, ValueError: the file is damaged.
    """
    with open_bounded(file) as archive:
        found = headers(archive, names)
    _require_plausible(found, size)
    _require_room(found)


def _require_plausible(found: Mapping[str, Header], size: int) -> None:
    unpacked = sum(header.bytes for header in found.values())
    if unpacked > max(_ALWAYS, _TIMES * size):
        raise UnfitFile(
            f"its arrays unpack from {_gigabytes(size)} to {_gigabytes(unpacked)}: must be at most "
            f"{_TIMES} times as much; save them uncompressed, with numpy.savez(...)"
        )


def _require_room(found: Mapping[str, Header]) -> None:
    needed = sum(header.bytes for header in found.values())
    needed += sum(_FLOAT * found[name].elements for name in found if name.startswith("x"))
    free = int(free_bytes())
    if needed > free:
        raise UnfitFile(
            f"its arrays take {_gigabytes(needed)} of memory, as numbers that a model computes "
            f"with: must be at most the {_gigabytes(free)} that are free; take fewer or smaller "
            "images"
        )


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:,.3g} GB" if size < 10**18 else "more than 10^9 GB"
