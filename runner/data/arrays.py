"""Hold the arrays of a data set, in the numbers of the files that they come from."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runner.data.classes import Classes, Labels, encode
from runner.files.derived_text import DerivedTexts

NAMES = ("x_train", "y_train", "x_test", "y_test")
# The names of the classes, where a file has them.
CLASSES = "classes"
# Of data that has images for validation of its own.
_OF_VALIDATION = ("x_validation", "y_validation")
Array = NDArray[Any]


@dataclass(frozen=True)
class Arrays:
    """Hold the four arrays of a data set, or six.

    Attributes:
        x_train, x_test: shape (N, H, W) or (N, H, W, C), integers to 255 or floats to 1; other data
            than images may have any shape (N, ...) and any numbers.
        y_train, y_test: shape (N,) or (N, 1), whole numbers or names; or (N, K), one column a
            class, with a single 1 a row.
        classes: the names of the classes; None where the file has none.
        x_validation, y_validation: likewise; None where validation images are taken from the tail
            of the training images.
        texts: where texts that follow from these arrays are kept; None for arrays in memory.
    """

    x_train: Array
    y_train: Array
    x_test: Array
    y_test: Array
    classes: tuple[str, ...] | None = None
    x_validation: Array | None = None
    y_validation: Array | None = None
    texts: DerivedTexts | None = None

    def labels(self) -> tuple[dict[str, Labels], Classes]:
        """Number the classes of the labels of each part from 0.

        Raises:
            ValueError: the labels do not name at least two classes, or not the same ones.
        """
        others = {"test": self.y_test, "validation": self.y_validation}
        there = {part: labels for part, labels in others.items() if labels is not None}
        ends = np.cumsum([len(labels) for labels in there.values()])[:-1]
        whole = np.concatenate(list(there.values())) if len(there) > 1 else self.y_test
        train, rest, classes = encode(self.y_train, whole, self.classes)
        parts = dict(zip(there, np.split(rest, ends), strict=True))
        return {"train": train, **parts}, classes

    def digest(self, treatment: str) -> str:
        """Return 16 hexadecimal digits that identify the content.

        Args:
            treatment: what is done to it, which is identified too.
        """
        if self.texts is None:
            return self._digest(treatment)
        key = Path(__file__).read_bytes() + treatment.encode()
        return self.texts.obtain(key, lambda: self._digest(treatment))

    def _digest(self, treatment: str) -> str:
        digest = hashlib.sha256(treatment.encode())
        for name in (*NAMES, *(_OF_VALIDATION if self.x_validation is not None else ())):
            array = np.ascontiguousarray(getattr(self, name))
            digest.update(f"{name} {array.dtype.str} {array.shape}".encode())
            digest.update(array.tobytes() if array.dtype.kind in "US" else array.data)
        return digest.hexdigest()[:16]
