"""Fetch a data set from an address into the cache, once and whole or not at all."""

import hashlib
import importlib.util
import logging
import shutil
from collections.abc import Mapping
from functools import partial
from io import BufferedWriter
from pathlib import Path
from typing import Any

from runner.errors import Refused, one_line
from runner.files import kept_file

# It says where it found the address of a service.
logging.getLogger("botocore").setLevel(logging.WARNING)

# What of a file's description changes with its content, by the words of the services.
_VERSION = (
    *("size", "ETag", "etag", "md5Hash", "Content-MD5", "generation", "version_id"),
    *("mtime", "LastModified", "last_modified", "updated", "created"),
)
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

    try:
        system, path = url_to_fs(address)
        described = system.info(path)
        if described["type"] != "file":
            raise Refused(f"dataset.path={address}: must be a file")
        folder = cache / "datasets" / f"remote-{_name(address, described)}"
        return kept_file.obtain(cache, folder, partial(_fetch, system, path, described.get("size")))
    except Refused:
        raise
    except ImportError as error:
        raise Refused(f"dataset.path={address}: {one_line(error)}; {_EXTRA}") from None
    except Exception as error:
        # Each service raises errors of its own.
        raise Refused(f"dataset.path={address}: cannot be fetched ({one_line(error)})") from None


def _name(address: str, described: Mapping[str, Any]) -> str:
    version = {key: str(described[key]) for key in _VERSION if key in described}
    return hashlib.sha256(f"{address} {version}".encode()).hexdigest()[:16]


def _fetch(system: Any, path: str, size: int | None, file: BufferedWriter) -> None:
    """Write what comes from there into a file.

    Raises:
        OSError: it ended early, or cannot be written.
    """
    with system.open(path, "rb") as source:
        shutil.copyfileobj(source, file)
    if size is not None and file.tell() != size:
        raise OSError(f"it ended after {file.tell():,} of {size:,} bytes")
