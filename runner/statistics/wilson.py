"""Bound many shares at once, as the intervals of differences need them."""

from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def wilson_ends(
    successes: ArrayLike, trials: ArrayLike, confidence: float
) -> tuple[Floats, Floats]:
    """Return the lower and the upper ends of the intervals of shares, from 0 to 1.

    The score interval of Wilson, "Probable inference, the law of succession, and statistical
    inference", 1927, without a correction for continuity.

    Args:
        successes: how often each share was met, any shape.
        trials: out of how many, at least one each.
        confidence: how often an interval holds the true share, between 0 and 1.

    Raises:
        ValueError: the confidence is not between 0 and 1.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence lies between 0 and 1, not at {confidence}")
    square = NormalDist().inv_cdf((1 + confidence) / 2) ** 2
    right, total = np.asarray(successes, float), np.asarray(trials, float)
    middle = (right + square / 2) / (total + square)
    spread: Any = np.sqrt(square * (right * (total - right) / total + square / 4))
    margin = spread / (total + square)
    return np.maximum(middle - margin, 0.0), np.minimum(middle + margin, 1.0)
