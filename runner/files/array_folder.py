"""Keep arrays in a folder of the cache, where all processes map them into their memory.

A folder holds one `.npy` file an array.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runner.files import kept_folder
from runner.files.derived_text import DerivedTexts
from runner.files.kept_folder import Damaged, KeptFolder


@dataclass(frozen=True)
class ArrayFolder:
    """Hold what was read from a folder.

    Attributes:
        arrays: by name; mapped files, which no process can change.
        notes: what was noted with them, as JSON holds it.
        texts: what follows from the arrays, and takes long to compute.
    """

    arrays: Mapping[str, NDArray[Any]]
    notes: Mapping[str, Any]
    texts: DerivedTexts


def obtain(root: Path, path: Path, make: Callable[[Path], Mapping[str, Any]]) -> ArrayFolder:
    """Read a folder; it is made where there is none, and made anew where it is damaged.

    Args:
        root: the cache.
        path: the folder, below the cache.
        make: writes the arrays as `.npy` files into a folder, and returns the notes on them.

    Raises:
        Refused: what is in the cache is not its user's alone.
    """
    return kept_folder.obtain(root, path, _read, make, "*.npy")


def _read(kept: KeptFolder) -> ArrayFolder:
    arrays = {name: _map(kept, f"{name}.npy") for name in kept.digests}
    return ArrayFolder(arrays, kept.notes, DerivedTexts(kept.root, kept.path))


def _map(kept: KeptFolder, name: str) -> NDArray[Any]:
    with kept.opened(name) as file:
        np.lib.format.read_magic(file)
        shape, by_columns, kind = np.lib.format.read_array_header_1_0(file)
        if by_columns:
            raise Damaged(f"{name} has its columns one after the other")
        if 0 in shape:
            return np.empty(shape, kind)
        # Copied on writing: TensorFlow takes only memory that could be written, and nobody writes.
        array = np.memmap(file, kind, "c", file.tell(), shape)
    view = array.view(np.ndarray)
    view.flags.writeable = False
    return view
