"""Count the bytes that a file takes when it is compressed, without TensorFlow."""

import io
import zipfile
from pathlib import Path

import pyarrow as pa  # type: ignore[import-untyped]

# Of Zstandard: the highest of the usual levels. Higher ones need more memory to unpack.
_ZSTD_LEVEL = 19
# The first date that ZIP can hold, so that the same bytes always give the same zip.
_TIMESTAMP = (1980, 1, 1, 0, 0, 0)


def zipped_bytes(path: Path) -> int:
    """Count the bytes of a zip, deflated at the default level, that holds just this file.

    The same content and name give the same number at any time.
    """
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", compression=zipfile.ZIP_DEFLATED) as file:
        entry = zipfile.ZipInfo(path.name, _TIMESTAMP)
        entry.compress_type = zipfile.ZIP_DEFLATED
        file.writestr(entry, path.read_bytes())
    return len(archive.getvalue())


def zstd_bytes(path: Path) -> int:
    """Count the bytes of one Zstandard frame, at level 19, that holds this file."""
    return len(pa.Codec("zstd", _ZSTD_LEVEL).compress(path.read_bytes(), asbytes=True))
