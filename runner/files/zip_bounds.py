"""Read zip files of others without unpacking more than they may hold."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import BinaryIO

from runner.files.regular_file import UnfitFile

_MOST_MEMBERS = 1_000
# In bytes: so many members with names of a usual length.
_MOST_DIRECTORY = 1_000_000
# Others may ask for gigabytes before they unpack anything.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
# Where zipfile puts the size of the directory in what it reads from the end of a file.
_SIZE = 5
_PIECE = 1 << 20


@contextmanager
def open_bounded(file: BinaryIO) -> Iterator[zipfile.ZipFile]:
    """Open a zip file whose directory is small and says nothing impossible.

    Args:
        file: a regular file, open for reading.

    Raises:
        UnfitFile: there are too many members, two of one name, names outside of the folder,
            overlapping, encrypted or strangely compressed ones.
        zipfile.BadZipFile: it is no zip file, or is damaged.
    """
    # zipfile reads the directory as a whole.
    end = zipfile._EndRecData(file)  # type: ignore[attr-defined]
    if end and end[_SIZE] > _MOST_DIRECTORY:
        raise UnfitFile(f"is a zip file of too many members: must be at most {_MOST_MEMBERS:,}")
    with zipfile.ZipFile(file) as archive:
        _require_bounded(archive, file.seek(0, 2))
        yield archive


def read_member(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """Unpack a member of at most so many bytes.

    Raises:
        UnfitFile: it has more, whatever the directory says.
    """
    return b"".join(pieces(archive, name, most))


def pieces(archive: zipfile.ZipFile, name: str, most: int) -> Iterator[bytes]:
    """Unpack a member of at most so many bytes, piece by piece.

    Raises:
        UnfitFile: it has more, whatever the directory says.
    """
    left = most
    with archive.open(name) as member:
        while piece := member.read(min(_PIECE, left + 1)):
            left -= len(piece)
            if left < 0:
                raise UnfitFile(f"its {name} has more than {most / 1e6:,.0f} MB")
            yield piece


def _require_bounded(archive: zipfile.ZipFile, size: int) -> None:
    members = archive.infolist()
    if len(members) > _MOST_MEMBERS:
        raise UnfitFile(
            f"is a zip file of {len(members):,} members: must be at most {_MOST_MEMBERS:,}"
        )
    names = [member.filename for member in members]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise UnfitFile(f"is a zip file with two members of the name {twice}")
    for member in members:
        path = PurePosixPath(member.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts:
            raise UnfitFile(f"is a zip file with a member outside of its folder: {path}")
        if member.flag_bits & _ENCRYPTED:
            raise UnfitFile(f"is a zip file whose member {path} is encrypted")
        if member.compress_type not in _METHODS:
            raise UnfitFile(f"is a zip file whose member {path} is compressed in an unknown way")
    if sum(member.compress_size for member in members) > size:
        raise UnfitFile("is a zip file whose members overlap")
