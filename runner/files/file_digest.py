"""Digest the content of a file, once in a process as long as nobody changes it."""

import hashlib
import os
import time
from io import BufferedReader

# The clock of a file system stands still for some milliseconds: two changes may bear the same time.
_STANDS_STILL = 100_000_000

Identity = tuple[int, int, int, int, int]
_known: dict[Identity, str] = {}


def digest(file: BufferedReader) -> str:
    """Return the SHA-256 digest of an open file, in hexadecimal digits.

    It is read again only where the file is another one, or has changed.
    """
    identity = _identity(file)
    if identity not in _known:
        file.seek(0)
        found = hashlib.file_digest(file, "sha256").hexdigest()
        if not _lasts(identity) or identity != _identity(file):
            return found
        _known[identity] = found
    return _known[identity]


def _identity(file: BufferedReader) -> Identity:
    """Identify a file and its content: nobody can set the time of its change."""
    status = os.fstat(file.fileno())
    return (
        *(status.st_dev, status.st_ino, status.st_size),
        *(status.st_mtime_ns, status.st_ctime_ns),
    )


def _lasts(identity: Identity) -> bool:
    """Tell whether a change from now on would have another time than the last one."""
    return time.time_ns() - identity[-1] > _STANDS_STILL
