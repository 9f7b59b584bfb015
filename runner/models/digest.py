"""Identify the content of a model file or folder, wherever it lies."""

import functools
import hashlib
from pathlib import Path

from runner.models.errors import Unfit, short

# Path, size in bytes, time of the last change in nanoseconds.
_Stamp = tuple[str, int, int]


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, or of all files of a folder with their relative names.

    Raises:
        Unfit: it cannot be read.
    """
    try:
        candidates = path.rglob("*") if path.is_dir() else [path]
        files = sorted(file for file in candidates if file == path or file.is_file())
        return _digest_files(str(path), tuple(_stamp(file) for file in files))
    except OSError as error:
        raise Unfit(f"cannot be read ({short(error)})") from None


def _stamp(file: Path) -> _Stamp:
    status = file.stat()
    return str(file), status.st_size, status.st_mtime_ns


# Each point of a sweep needs the digest, and a file may be large.
@functools.lru_cache(maxsize=16)
def _digest_files(root: str, files: tuple[_Stamp, ...]) -> str:
    total = hashlib.sha256()
    for name, _, _ in files:
        with Path(name).open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        relative = Path(name).relative_to(root).as_posix()
        total.update(f"{relative}\0{content}\n".encode())
    return total.hexdigest()
