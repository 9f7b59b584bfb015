"""Identify the content of a model file or folder, wherever it lies."""

import functools
import hashlib
from pathlib import Path

from runner.files.regular_file import UnfitFile, contents, open_regular, require_regular
from runner.files.sizes import MOST_UNPACKED, megabytes
from runner.models.errors import Unfit, short

# Path, size in bytes, time of the last change in nanoseconds.
_Stamp = tuple[str, int, int]


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, or of all files of a folder with their relative names.

    Raises:
        Unfit: it cannot be read.
    """
    try:
        return _digest_files(str(path), tuple(map(_stamp, files(path))))
    except UnfitFile as reason:
        raise Unfit(str(reason)) from None
    except OSError as error:
        raise Unfit(f"cannot be read ({short(error)})") from None


def files(path: Path) -> list[Path]:
    """List a file, or all files of a folder, in the order of their paths.

    Raises:
        UnfitFile: one is no regular file, or larger than any model.
        OSError: one cannot be looked at.
    """
    if not path.is_dir():
        _require_readable(path)
        return [path]
    found = sorted(file for file in path.rglob("*") if file.exists() and not file.is_dir())
    for file in found:
        try:
            _require_readable(file)
        except UnfitFile as reason:
            raise UnfitFile(f"{file.relative_to(path)} {reason}") from None
    return found


def _require_readable(file: Path) -> None:
    """Require a regular file that is no larger than models are."""
    if require_regular(file).st_size > MOST_UNPACKED:
        raise UnfitFile(f"is larger than {megabytes(MOST_UNPACKED)}")


def _stamp(file: Path) -> _Stamp:
    status = file.stat()
    return str(file), status.st_size, status.st_mtime_ns


# Each point of a sweep needs the digest, and a file may be large.
@functools.lru_cache(maxsize=16)
def _digest_files(root: str, files: tuple[_Stamp, ...]) -> str:
    total = Total()
    for name, _, _ in files:
        content = hashlib.sha256()
        with open_regular(name) as file:
            for piece in contents(file):
                content.update(piece)
        total.add(Path(name).relative_to(root), content.hexdigest())
    return total.digest()


class Total:
    """Put the digests of files together."""

    def __init__(self) -> None:
        self._total = hashlib.sha256()

    def add(self, relative: Path, content: str) -> None:
        """Add the SHA-256 of a file; the path is relative to what is digested, or `.` for it."""
        self._total.update(f"{relative.as_posix()}\0{content}\n".encode())

    def digest(self) -> str:
        """Return the SHA-256 of all."""
        return self._total.hexdigest()
