"""Fetch a data set from an address into the cache, once and whole or not at all."""

import hashlib
import importlib.util
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from filelock import FileLock

from runner.errors import Refused, one_line
from runner.files import file_digest, private_folder

# It says where it found the address of a service.
logging.getLogger("botocore").setLevel(logging.WARNING)

# What of a file's description changes with its content, by the words of the services.
_VERSION = (
    *("size", "ETag", "etag", "md5Hash", "Content-MD5", "generation", "version_id"),
    *("mtime", "LastModified", "last_modified", "updated", "created"),
)
_BYTES_AT_ONCE = 2**20
_EXTRA = "this installs what reads it: python -m pip install 'pruning-sweep-runner[remote]'"


def fetch(address: str, cache: Path) -> Path:
    """Return the file of the cache that holds what is at an address now.

    It is fetched where it has changed there, or is not here as it was fetched. Processes of this
    machine wait for the one that fetches it.

    Args:
        address: as fsspec takes it, such as s3://BUCKET/FILE.npz.
        cache: folder for data sets.

    Raises:
        Refused: it cannot be read, or what reads it is not installed.
    """
    if importlib.util.find_spec("fsspec") is None:
        raise Refused(f"dataset.path={address}: {_EXTRA}")
    from fsspec.core import url_to_fs

    folder = private_folder.make(cache, "datasets")
    try:
        system, path = url_to_fs(address)
        described = system.info(path)
        if described["type"] != "file":
            raise Refused(f"dataset.path={address}: must be a file")
        kept = folder / f"remote-{_name(address, described)}.npz"
        lock = kept.with_name(f".{kept.name}.lock")
        private_folder.require(cache, lock)
        with FileLock(lock, mode=0o600):
            if not _is_whole(cache, kept):
                _fetch(system, path, described.get("size"), kept)
    except Refused:
        raise
    except ImportError as error:
        raise Refused(f"dataset.path={address}: {one_line(error)}; {_EXTRA}") from None
    except Exception as error:
        # Each service raises errors of its own.
        raise Refused(f"dataset.path={address}: cannot be fetched ({one_line(error)})") from None
    return kept


def _name(address: str, described: Mapping[str, Any]) -> str:
    version = {key: str(described[key]) for key in _VERSION if key in described}
    return hashlib.sha256(f"{address} {version}".encode()).hexdigest()[:16]


def _is_whole(cache: Path, kept: Path) -> bool:
    """Tell whether a file is there with the digest that it was fetched with."""
    try:
        expected = _note(kept).read_text(encoding="ascii")
        with private_folder.open_own(cache, kept) as file:
            return file_digest.digest(file) == expected
    except FileNotFoundError:
        return False


def _fetch(system: Any, path: str, size: int | None, kept: Path) -> None:
    """Write the file, and beside it its digest.

    Raises:
        OSError: it ended early, or cannot be written.
    """
    unfinished = kept.with_name(f".{kept.name}.part")
    total = hashlib.sha256()
    try:
        with system.open(path, "rb") as source, unfinished.open("wb") as file:
            unfinished.chmod(0o600)
            while piece := source.read(_BYTES_AT_ONCE):
                total.update(piece)
                file.write(piece)
            written = file.tell()
            os.fsync(file.fileno())
        if size is not None and written != size:
            raise OSError(f"it ended after {written:,} of {size:,} bytes")
        _note(kept).write_text(total.hexdigest(), encoding="ascii")
        _note(kept).chmod(0o600)
        unfinished.replace(kept)
    finally:
        unfinished.unlink(missing_ok=True)


def _note(kept: Path) -> Path:
    return kept.with_suffix(".sha256")
