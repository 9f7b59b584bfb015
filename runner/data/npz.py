"""Read and write data sets as .npz files of four arrays, and check that these fit together."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

import numpy as np

from runner.data.array_faults import require_sound
from runner.data.arrays import CLASSES, NAMES, Array, Arrays
from runner.data.npz_bounds import is_large, plausible_headers, require_memory
from runner.data.npz_unpacking import unpack
from runner.errors import Refused, one_line, refusing_unreadable
from runner.escaping.brief import brief
from runner.files.regular_file import UnfitFile, open_regular, require_regular


def read(path: Path, setting: str, cache: Path, pixels: bool = True) -> Arrays:
    """Read and check a data set; one that is large is unpacked into the cache, and mapped there.

    Args:
        path: the file.
        setting: name, in a refusal, of the setting that gives this file.
        cache: folder for data sets that are unpacked.
        pixels: whether the data must be images, in the range of pixels.

    Raises:
        Refused: the file is missing or unreadable, its arrays do not fit together, or there is no
            room for them.
    """
    with refusing_unreadable(setting, path):
        there = path.exists() and not path.is_dir()
        if there:
            require_regular(path)
    if not there:
        raise Refused(f"{setting}={path}: no such file; give an .npz file with {', '.join(NAMES)}")
    try:
        with open_regular(path) as file:
            found = plausible_headers(file, (*NAMES, CLASSES))
            if is_large(found):
                return unpack(file, found, cache, pixels)
            require_memory(found)
            file.seek(0)
            arrays = _load(file)
            require_sound(arrays, pixels)
            return arrays
    except Refused:
        raise
    except UnfitFile as reason:
        raise Refused(f"{setting}={path}: {reason}") from None
    except Exception as error:
        # For damaged bytes zipfile, zlib and NumPy raise many kinds of errors.
        damage = brief(one_line(error), 300)
        raise Refused(f"{setting}={path}: not a readable .npz file ({damage})") from None


def _load(file: BinaryIO) -> Arrays:
    with np.load(file, allow_pickle=False) as content:
        missing = [name for name in NAMES if name not in content]
        if missing:
            raise UnfitFile(f"has no array {missing[0]}; needs {NAMES}")
        names = tuple(map(str, content[CLASSES])) if CLASSES in content else None
        return Arrays(**{name: content[name] for name in NAMES}, classes=names)


def write(path: Path, arrays: Mapping[str, Array]) -> None:
    """Write arrays by name such that a file at the path is always complete.

    Raises:
        OSError: the file cannot be written.
    """
    # It lies in the cache, whose folders and files are their user's alone.
    path.parent.mkdir(0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            # An array could have the name of another parameter of savez, of another type.
            np.savez(file, **arrays)  # type: ignore[arg-type]
        temporary.chmod(0o600)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
