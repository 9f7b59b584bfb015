"""Judge by their headers whether the arrays of an .npz file can be read, before any is unpacked."""

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
# Numbers that are no bytes are kept as float32.
_FLOAT = 4
# In bytes: up to here, arrays are read into the memory.
_LARGE = 2**28


def plausible_headers(file: BinaryIO, names: Sequence[str]) -> Mapping[str, Header]:
    """Return what arrays say of themselves, where a file of this size can hold so much.

    Args:
        file: an .npz file, open for reading.
        names: of the arrays that are read.

    Raises:
        UnfitFile: they are far more than such a file can hold.
        zipfile.BadZipFile, ValueError: the file is damaged.
    """
    size = file.seek(0, 2)
    file.seek(0)
    with open_bounded(file) as archive:
        found = headers(archive, names)
    unpacked = total_bytes(found)
    if unpacked > max(_ALWAYS, _TIMES * size):
        raise UnfitFile(
            f"its arrays unpack from {gigabytes(size)} to {gigabytes(unpacked)}: must be at most "
            f"{_TIMES} times as much; save them uncompressed, with numpy.savez(...)"
        )
    return found


def is_large(found: Mapping[str, Header]) -> bool:
    """Tell whether arrays are rather mapped from files than read into the memory."""
    return total_bytes(found) > _LARGE


def total_bytes(found: Mapping[str, Header]) -> int:
    """Count the bytes of arrays."""
    return sum(header.bytes for header in found.values())


def require_memory(found: Mapping[str, Header]) -> None:
    """Require that arrays, and images in the numbers that they are kept in, fit into the memory.

    Args:
        found: arrays by name; those of images begin with x.

    Raises:
        UnfitFile: they do not.
    """
    kept = sum(_FLOAT * found[name].elements for name in found if name.startswith("x"))
    needed, free = total_bytes(found) + kept, int(free_bytes())
    if needed > free:
        raise UnfitFile(
            f"its arrays take {gigabytes(needed)} of memory while they are read: must be at most "
            f"the {gigabytes(free)} that are free; take fewer or smaller images"
        )


def gigabytes(size: int) -> str:
    """Write a number of bytes."""
    return f"{size / 1e9:,.3g} GB" if size < 10**18 else "more than 10^9 GB"
