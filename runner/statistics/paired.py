"""Bound the accuracy drop of a file by the images that it and another one classify right."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from runner.statistics.interval import Interval
from runner.statistics.wilson import wilson_ends

# Whether each image is classified right, shape (N,).
Bits = NDArray[np.bool_]
Floats = NDArray[np.float64]


class Table(NamedTuple):
    """How many images both classify right, the first alone, the second alone, and neither."""

    both: int
    lost: int
    gained: int
    neither: int


def paired_drop(dense: Bits, file: Bits, confidence: float = 0.95) -> Interval:
    """Return the interval of the first accuracy minus the second, on the same images, -1 to 1.

    Method 10 of Newcombe, "Improved confidence intervals for the difference between binomial
    proportions based on paired data", 1998: `paired_ends` of the images' table. Of 100 intervals of
    95 %, at least 94 hold the true drop where the first accuracy is 70 % or more; at 50 to 60 %, on
    up to 200 images of which hardly one is gained, 90 to 94 (`python -m benchmarks.coverage`).

    Args:
        dense: whether the first classifies each image right, shape (N,).
        file: the same of the second, in the same order of the images.
        confidence: how often such an interval holds the true drop.

    Raises:
        ValueError: there is no image, or the two are not about the same number of images.
    """
    low, high = paired_ends(*table(dense, file), confidence)
    return Interval(float(low), float(high))


def table(dense: Bits, file: Bits) -> Table:
    """Count the images by who classifies them right.

    Raises:
        ValueError: there is no image, or the two are not about the same number of images.
    """
    if dense.shape != file.shape:
        raise ValueError(f"{len(dense)} images cannot be compared with {len(file)}")
    if not dense.size:
        raise ValueError("no image, no interval")
    both = int(np.count_nonzero(dense & file))
    lost = int(np.count_nonzero(dense)) - both
    gained = int(np.count_nonzero(file)) - both
    return Table(both, lost, gained, dense.size - both - lost - gained)


def paired_ends(
    both: ArrayLike, lost: ArrayLike, gained: ArrayLike, neither: ArrayLike, confidence: float
) -> tuple[Floats, Floats]:
    """Return the lower and the upper ends of the intervals of many tables, each from -1 to 1.

    The distances from each accuracy to the ends of its Wilson interval are added as the sides of a
    triangle, whose angle is the correlation phi of the two answers. A positive phi is lessened by
    a correction for continuity (Newcombe 1998, paired data, method 10).

    Args:
        both: images that both classify right, any shape.
        lost: images that the first alone classifies right.
        gained: images that the second alone classifies right.
        neither: images that none classifies right; with the others at least one image.
        confidence: how often an interval holds the true drop, between 0 and 1.

    Raises:
        ValueError: the confidence is not between 0 and 1.
    """
    e, f, g, h = (np.asarray(count, float) for count in (both, lost, gained, neither))
    total = e + f + g + h
    first, second = (e + f) / total, (e + g) / total
    low1, high1 = wilson_ends(e + f, total, confidence)
    low2, high2 = wilson_ends(e + g, total, confidence)
    phi = _correlation(e, f, g, h)
    drop = (f - g) / total
    below = _third_side(first - low1, high2 - second, phi)
    above = _third_side(high1 - first, second - low2, phi)
    return np.maximum(drop - below, -1.0), np.minimum(drop + above, 1.0)


def _correlation(e: Floats, f: Floats, g: Floats, h: Floats) -> Floats:
    """Return phi, corrected for continuity where positive; 0 where one column or row is empty."""
    product = e * h - f * g
    corrected = np.where(product > 0, np.maximum(product - (e + f + g + h) / 2, 0), product)
    scale = np.sqrt((e + f) * (g + h) * (e + g) * (f + h))
    return np.divide(corrected, scale, out=np.zeros_like(scale), where=scale > 0)


def _third_side(one: Floats, other: Floats, phi: Floats) -> Floats:
    # Equal sides and a phi of 1 may come to less than 0 by rounding.
    return np.sqrt(np.maximum(one**2 - 2 * phi * one * other + other**2, 0.0))
