"""Read what the arrays of an .npz file say of themselves, without unpacking them."""

import math
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from numpy.lib import format as npy

from runner.files.regular_file import UnfitFile

# In bytes; NumPy's own headers have a few hundred.
_MOST_HEADER = 65_536
_READERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


@dataclass(frozen=True)
class Header:
    """Hold the shape and the type of an array."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    @property
    def elements(self) -> int:
        """Return how many numbers there are."""
        return math.prod(self.shape)

    @property
    def bytes(self) -> int:
        """Return the bytes that they take in memory."""
        return self.elements * self.dtype.itemsize


def headers(archive: zipfile.ZipFile, names: Iterable[str]) -> dict[str, Header]:
    """Read the headers of arrays.

    Args:
        archive: as numpy.savez writes it.
        names: of arrays; what is not in the file is left out.

    Raises:
        UnfitFile: an array holds objects, or more or fewer bytes than its header says.
        ValueError: a header is damaged.
    """
    members = {member.filename: member for member in archive.infolist()}
    # numpy.load takes a member without the ending before one with it.
    found = {name: members.get(name, members.get(f"{name}.npy")) for name in names}
    return {name: _header(archive, member) for name, member in found.items() if member}


def _header(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Header:
    with archive.open(member) as file:
        beginning = BytesIO(file.read(_MOST_HEADER))
    version = npy.read_magic(beginning)
    if version not in _READERS:
        raise UnfitFile(f"{member.filename} is an array of an unknown kind")
    shape, _, dtype = _READERS[version](beginning)
    header = Header(shape, dtype)
    if dtype.hasobject:
        raise UnfitFile(f"{member.filename} holds objects of Python: must hold numbers or texts")
    if min(shape, default=0) < 0 or (header.elements and not dtype.itemsize):
        raise UnfitFile(f"{member.filename} has an impossible shape")
    if header.bytes != member.file_size - beginning.tell():
        raise UnfitFile(
            f"{member.filename} has {member.file_size - beginning.tell():,} bytes of numbers; "
            f"its shape and type make {header.bytes:,}"
        )
    return header
