"""Bound a mean over seeds and images, both of which could have been others."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from runner.statistics.interval import Interval


def mean_interval(losses: NDArray[np.int8], confidence: float) -> Interval:
    """Return the interval of the mean drop over all seeds and all images like these, -1 to 1.

    Every seed answers every image: two crossed facets, both random. The variance of the grand mean
    is (MS of seeds + MS of images - MS of their interaction) / (seeds * images); see Brennan,
    "Generalizability Theory", 2001. Degrees of freedom are those of Satterthwaite, "An approximate
    distribution of estimates of variance components", 1946, where the interaction's share, which
    is subtracted, is left out of the sum.

    Args:
        losses: 1 where the dense network alone classifies an image right, -1 where the file alone
            does, otherwise 0; shape (seeds, images), two seeds at least.
        confidence: how often such an interval holds the true mean, between 0 and 1.
    """
    seeds, images = losses.shape
    of_seeds, of_images = losses.mean(axis=1), losses.mean(axis=0)
    mean = float(of_seeds.mean())
    by_seed = images * float(of_seeds.var(ddof=1))
    if images == 1:
        return _around(mean, by_seed / seeds, seeds - 1, confidence)
    by_image = seeds * float(of_images.var(ddof=1))
    whole = float(np.count_nonzero(losses)) - seeds * images * mean**2
    rest = whole - (seeds - 1) * by_seed - (images - 1) * by_image
    both = max(rest, 0.0) / ((seeds - 1) * (images - 1))
    # Chance can make the estimate of one facet negative; the facet itself is never.
    total = max(by_seed + by_image - both, by_seed, by_image)
    parts = by_seed**2 / (seeds - 1) + by_image**2 / (images - 1)
    degrees = total**2 / parts if parts else math.inf
    return _around(mean, total / (seeds * images), degrees, confidence)


def plain_interval(drops: Sequence[float], confidence: float) -> Interval:
    """Return Student's t interval of the mean of the seeds' drops, unpaired, -1 to 1.

    Args:
        drops: of the seeds, two at least.
        confidence: how often such an interval holds the true mean, between 0 and 1.
    """
    values = np.asarray(drops)
    variance = float(values.var(ddof=1)) / len(values)
    return _around(float(values.mean()), variance, len(values) - 1, confidence, paired=False)


def _around(
    mean: float, variance: float, degrees: float, confidence: float, paired: bool = True
) -> Interval:
    # It takes a moment to import, which most who import this need not wait for.
    from scipy.special import stdtrit

    margin = float(stdtrit(min(degrees, 1e9), (1 + confidence) / 2)) * math.sqrt(variance)
    return Interval(max(mean - margin, -1.0), min(mean + margin, 1.0), paired)
