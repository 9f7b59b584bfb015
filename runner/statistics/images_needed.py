"""Count the images that would tell whether a file keeps a limit."""

from collections.abc import Callable

import numpy as np

from runner.statistics.certainty import ROUNDING, Certainty, certainty
from runner.statistics.interval import Interval
from runner.statistics.paired import Bits, paired_ends, table

# What needs more images than any data set has needs too many.
_MOST = 10_000_000


def images_needed(dense: Bits, file: Bits, limit: float, confidence: float = 0.95) -> int | None:
    """Return how many images would settle it, if their answers came in the proportions of these.

    The least number at which the interval of `paired_drop` is inside or outside of the limit; it
    may be less than the number of these images. None where the drop equals the limit, and where
    more than ten million would be needed.

    Args:
        dense: whether the first classifies each image right, shape (N,).
        file: the same of the second, in the same order of the images.
        limit: the largest drop that is allowed, -1 to 1.
        confidence: how often such an interval holds the true drop, between 0 and 1.

    Raises:
        ValueError: there is no image, or the two are not about the same number of images.
    """
    counts = table(dense, file)
    shares = np.array(counts) / dense.size
    if abs((counts.lost - counts.gained) / dense.size - limit) <= ROUNDING:
        return None

    def settles(images: int) -> bool:
        both, lost, gained, neither = shares * images
        low, high = paired_ends(both, lost, gained, neither, confidence)
        return certainty(Interval(float(low), float(high)), limit) != Certainty.TOO_CLOSE

    return _least(settles)


def _least(settles: Callable[[int], bool]) -> int | None:
    """Return the least number that settles it, between one and the most; None where none does."""
    if not settles(_MOST):
        return None
    below, enough = 0, _MOST
    while enough - below > 1:
        middle = (below + enough) // 2
        below, enough = (below, middle) if settles(middle) else (middle, enough)
    return enough
