"""Hold images together with their labels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from runner.data.images import Images


@dataclass(frozen=True)
class Split:
    """Hold images and their labels.

    Attributes:
        images: in the range of the data set's scale, shape (N, ...), of photographs (N, H, W, C),
            or in the shape that a model takes.
        labels: int64 from 0, shape (N,).
    """

    images: Images
    labels: NDArray[np.int64]

    def part(self, rows: slice | NDArray[np.int64]) -> "Split":
        """Return some of the images with their labels."""
        return Split(self.images.part(rows), self.labels[rows])
