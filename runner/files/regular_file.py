"""Open only regular files: a pipe or a device may never answer, or never end."""

import os
import stat
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path

# In bytes: texts of people's own, such as code and names of classes, are far smaller.
_TEXT = 16_000_000
_PIECE = 1 << 20

_KINDS = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISDIR, "a folder"),
)


class UnfitFile(OSError):
    """A file that must not be read; the text says why."""


def require_regular(path: Path | str) -> os.stat_result:
    """Return the status of a regular file, or of the one that a link leads to.

    Raises:
        UnfitFile: it is a pipe, a device, a socket or a folder.
        OSError: it is not there, or must not be looked at.
    """
    status = Path(path).stat()
    _require_regular(status)
    return status


def open_regular(path: Path | str) -> BufferedReader:
    """Open a regular file to read its bytes.

    Raises:
        UnfitFile: it is a pipe, a device, a socket or a folder.
        OSError: it is not there, or cannot be read.
    """
    # Opening a device may already do something, and the path may be another's a moment later.
    require_regular(path)
    number = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        _require_regular(os.fstat(number))
        return open(number, "rb")  # noqa: PTH123
    except BaseException:
        os.close(number)
        raise


def contents(file: BufferedReader) -> Iterator[bytes]:
    """Yield all bytes of a regular file, piece by piece.

    Raises:
        UnfitFile: it has more than the system says, as files of /proc have, some without end; or it
            grows.
        OSError: it cannot be read.
    """
    left = os.fstat(file.fileno()).st_size
    while piece := file.read(_PIECE):
        left -= len(piece)
        if left < 0:
            raise UnfitFile("has more bytes than its size: must be a regular file, and stay one")
        yield piece


def read_bytes(path: Path | str, most: int = _TEXT) -> bytes:
    """Read a whole regular file of at most so many bytes.

    Raises:
        UnfitFile: it is no regular file, or a larger one.
        OSError: it is not there, or cannot be read.
    """
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        content = b"" if size > most else file.read(most + 1)
    if max(size, len(content)) > most:
        raise UnfitFile(
            f"has {max(size, len(content)) / 1e6:,.1f} MB: must be at most {most / 1e6:,.0f} MB"
        )
    return content


def read_text(path: Path | str) -> str:
    """Read a whole regular file of UTF-8 text, without the mark that some editors put before it.

    Raises:
        UnfitFile: it is no regular file, or a very large one.
        OSError: it is not there, or cannot be read.
        UnicodeDecodeError: it is no such text.
    """
    return read_bytes(path).decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


def _require_regular(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        kind = next((name for is_one, name in _KINDS if is_one(status.st_mode)), "no file")
        raise UnfitFile(f"is {kind}: must be a regular file")
