"""Bound the share of images that a model classifies right, and count what guessing gives."""

import numpy as np
from numpy.typing import NDArray


def share_interval(successes: int, trials: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927), from 0 to 1.

    Args:
        successes: how many of the images are classified right.
        trials: how many images there are, at least one.
    """
    # It takes a second to import, which most checks of a model need not wait for.
    from scipy.stats import binomtest

    low, high = binomtest(successes, trials).proportion_ci(0.95, method="wilson")
    return float(low), float(high)


def largest_share(labels: NDArray[np.int64]) -> float:
    """Return the share of the largest class among labels of shape (N,): what guessing it gives."""
    _, counts = np.unique(labels, return_counts=True)
    return float(counts.max() / len(labels))
