"""Fetch a data set from an address into the cache, once and whole or not at all."""

import hashlib
import importlib.util
import logging
import os
import shutil
from collections.abc import Mapping
from functools import partial
from io import BufferedWriter
from pathlib import Path
from typing import Any

from runner.data.fetch_faults import is_of_the_disk, reason
from runner.errors import Refused, one_line
from runner.files import kept_file

# It says where it found the address of a service.
logging.getLogger("botocore").setLevel(logging.WARNING)
# What they say of a failure, with tracebacks, is in the error that they raise, too.
logging.getLogger("google.auth").setLevel(logging.ERROR)
for library in ("gcsfs", "fsspec"):
    logging.getLogger(library).setLevel(logging.CRITICAL)
# Files of Google's storage are read by HTTP alone: with this, each is asked about by gRPC as well,
# which many a network does not let through.
os.environ.setdefault("GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT", "false")

# What of a file's description changes with its content, by the words of the services.
_VERSION = (
    *("size", "ETag", "etag", "md5Hash", "Content-MD5", "generation", "version_id"),
    *("mtime", "Last-Modified", "LastModified", "last_modified", "updated", "created"),
)
_EXTRA = "this installs what reads it: python -m pip install 'pruning-sweep-runner[remote]'"
# Bytes that are read at once: each time is a request to some services.
_PART = 16 * 1024**2
_WEB = ("http", "https")
# Servers of the web may be silent for so long.
_SILENT_SECONDS = 60.0


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

    scheme = address.partition("://")[0]
    try:
        system, path = url_to_fs(address, **_options(scheme))
        described = system.info(path)
        if described["type"] != "file":
            raise Refused(f"dataset.path={address}: must be a file")
        folder = cache / "datasets" / f"remote-{_name(address, described)}"
        write = partial(_fetch, system, path, scheme, described.get("size"))
        return kept_file.obtain(cache, folder, write)
    except Refused:
        raise
    except ImportError as error:
        raise Refused(f"dataset.path={address}: {one_line(error)}; {_EXTRA}") from None
    except Exception as error:
        if is_of_the_disk(error) and scheme != "file":
            raise Refused(
                f"cache.folder={cache}: cannot keep {address} ({one_line(error)})"
            ) from None
        # Each service raises errors of its own.
        raise Refused(f"dataset.path={address}: {reason(scheme, error)}") from None


def _options(scheme: str) -> dict[str, Any]:
    """Return what a service is asked with: proxies and logins are those of the environment."""
    if scheme not in {*_WEB, "gs"}:
        return {}
    from aiohttp import ClientTimeout
    from fsspec.config import conf

    # A large file takes longer than the few minutes that are the default for a whole answer.
    patience = ClientTimeout(total=None, sock_connect=_SILENT_SECONDS, sock_read=_SILENT_SECONDS)
    given = {"trust_env": True, **({"timeout": patience} if scheme in _WEB else {})}
    name = "client_kwargs" if scheme in _WEB else "session_kwargs"
    # What users have asked fsspec for counts more.
    return {name: {**given, **conf.get(scheme, {}).get(name, {})}}


def _name(address: str, described: Mapping[str, Any]) -> str:
    version = {key: str(described[key]) for key in _VERSION if key in described}
    return hashlib.sha256(f"{address} {version}".encode()).hexdigest()[:16]


def _fetch(system: Any, path: str, scheme: str, size: int | None, file: BufferedWriter) -> None:
    """Write what comes from there into a file.

    Raises:
        OSError: it ended early, or cannot be written.
    """
    # Many a server of the web has no parts of files to give: it is asked for all in one.
    whole = {"block_size": 0, "size": size} if scheme in _WEB else {}
    with system.open(path, "rb", **whole) as source:
        shutil.copyfileobj(source, file, _PART)
    if size is not None and file.tell() != size:
        raise OSError(f"it ended after {file.tell():,} of {size:,} bytes")
