"""Bound the difference between two accuracies on the same images."""

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

_SPREADS = NormalDist().inv_cdf(0.975)


def paired_gain(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> tuple[float, float]:
    """Return the 95 % interval of what the second accuracy is above the first, from -1 to 1.

    Only images that one alone has right tell the two apart. Their counts, each with one more, make
    the interval (Bonett and Price 2012; as recommended by Fagerland, Lydersen and Laake 2014).

    Args:
        first: whether the first has each image right, shape (N,).
        second: the same of the second, in the order of the first.

    Raises:
        ValueError: the two are not about the same number of images.
    """
    if first.shape != second.shape:
        raise ValueError(f"{len(first)} images cannot be compared with {len(second)}")
    images = len(first) + 2
    won = (np.count_nonzero(second & ~first) + 1) / images
    lost = (np.count_nonzero(first & ~second) + 1) / images
    gain = won - lost
    margin = _SPREADS * math.sqrt((won + lost - gain**2) / images)
    return max(gain - margin, -1.0), min(gain + margin, 1.0)
