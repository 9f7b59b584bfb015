"""A file goes in; the bytes that Zstandard, at a high level, makes of it come out."""

from pathlib import Path

import pyarrow as pa  # type: ignore[import-untyped]

# The highest of the usual levels: those above need more memory to unpack.
_LEVEL = 19


def zstd_bytes(path: Path) -> int:
    """Count the bytes of one Zstandard frame, at level 19, that holds this file."""
    return len(pa.Codec("zstd", _LEVEL).compress(path.read_bytes(), asbytes=True))
