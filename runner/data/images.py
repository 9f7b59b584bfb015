"""Hold images as they are stored, and scale those that are taken."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runner.data.scale import Scale, empty_aligned

# Which images: a stretch of them, or their places in any order.
Rows = slice | Sequence[int] | NDArray[np.integer[Any]]
# Values that are scaled at a time: some 50 MB, which as many images of 64 x 64 x 3 have as are
# evaluated at a time at most.
_AT_ONCE = 1000 * 64 * 64 * 3


@dataclass(frozen=True)
class Images:
    """Images that all processes share in the numbers that they are stored in.

    Attributes:
        stored: uint8 or float32, shape (N, ...), in memory or a mapped file; never written.
        rows: which of them these are, in their order.
        one: the shape of one image, as a model takes it.
        scale: how they are scaled when they are taken.
        in_pixels: whether they are returned to pixels from 0 to 255 after that.
    """

    stored: NDArray[Any]
    rows: range | NDArray[np.int64]
    one: tuple[int, ...]
    scale: Scale
    in_pixels: bool = False

    @classmethod
    def of(cls, array: NDArray[Any], scale: Scale) -> "Images":
        """Take an array of images: integers from 0 to 255, or floats from 0 to 1; see `Scale`."""
        # One channel is not written out; other data than photographs has the shape that it has.
        whole = array.ndim == 4 or scale.name == "as_is"
        one = array.shape[1:] if whole else (*array.shape[1:], 1)
        return cls(_stored(array, scale), range(len(array)), one, scale)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def shape(self) -> tuple[int, ...]:
        """Return the shape that all images have together, (N, ...)."""
        return (len(self), *self.one)

    def __getitem__(self, rows: Rows) -> NDArray[np.float32]:
        """Return some images, float32, in memory of their own."""
        taken = self._stored_rows(rows)
        scaled = self.scale.apply(taken)
        if self.in_pixels:
            scaled = self.scale.pixels(scaled)
        return scaled.reshape(-1, *self.one)

    def part(self, rows: slice | NDArray[np.int64]) -> "Images":
        """Return some of the images; nothing is copied."""
        if isinstance(self.rows, range) and isinstance(rows, slice):
            return replace(self, rows=self.rows[rows])
        return replace(self, rows=self._places[rows])

    def reshaped(self, one: tuple[int, ...]) -> "Images":
        """Return the same images in another shape; nothing is copied."""
        return replace(self, one=one)

    def as_pixels(self) -> "Images":
        """Return the same images as pixels from 0 to 255, as they come out of being scaled back."""
        return replace(self, in_pixels=True)

    def _stored_rows(self, rows: Rows) -> NDArray[Any]:
        if isinstance(self.rows, range) and isinstance(rows, slice):
            wanted = self.rows[rows]
            if wanted.step == 1:
                return self.stored[wanted.start : wanted.stop]
        return np.asarray(self.stored[self._places[rows]])

    @property
    def _places(self) -> NDArray[np.int64]:
        rows = self.rows
        # NumPy would go over the numbers of a range one by one.
        return np.arange(rows.start, rows.stop, rows.step) if isinstance(rows, range) else rows


def kept_kind(kind: np.dtype[Any], as_is: bool) -> np.dtype[Any]:
    """Return the type that images are kept in: bytes where these hold all of it, else float32.

    Scaling computes with float32, whatever the numbers were.

    Args:
        as_is: whether the numbers may be other ones than those of pixels.
    """
    pixels = kind.kind in "ui" and not as_is
    return np.dtype(np.uint8 if pixels or kind == np.uint8 else np.float32)


def _stored(array: NDArray[Any], scale: Scale) -> NDArray[Any]:
    kind = kept_kind(array.dtype, scale.name == "as_is")
    if array.dtype == kind and isinstance(array.base, np.memmap):
        return array
    kept = empty_aligned(array.shape, kind)
    np.copyto(kept, array, casting="unsafe")
    kept.setflags(write=False)
    return kept


# What can be taken by stretches, and counted.
AnyImages = Images | NDArray[np.float32]


def at_once(images: AnyImages, most: int) -> int:
    """Return how many images to compute at a time, so that large ones do not fill the memory.

    Args:
        most: how many, where they are small.
    """
    return max(1, min(most, _AT_ONCE // max(1, math.prod(images.shape[1:]))))
