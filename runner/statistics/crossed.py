"""Bound a mean over seeds and images, both of which could have been others."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from runner.statistics.interval import Interval

Floats = NDArray[np.float64]


def mean_interval(losses: NDArray[np.int8], confidence: float) -> Interval:
    """Return the interval of the mean drop over all seeds and all images like these, -1 to 1.

    To the images one more that is lost and one that is gained are added, as Bonett and Price
    ("Adjusted Wald confidence interval for a difference of binomial proportions based on paired
    data", 2012) do for one seed: seeds that lose the same few images, or none, would else seem to
    leave nothing open.

    Args:
        losses: 1 where the dense network alone classifies an image right, -1 where the file alone
            does, otherwise 0; shape (seeds, images), two seeds at least.
        confidence: how often such an interval holds the true mean, between 0 and 1.
    """
    added = np.tile(np.array([1, -1], np.int8), (len(losses), 1))
    losses = np.hstack([losses, added])
    squares = float(np.count_nonzero(losses)) / losses.size
    of_images = float(np.square(losses.mean(axis=0)).mean())
    low, high = mean_ends(losses.mean(axis=1), of_images, squares, losses.shape[1], confidence)
    return Interval(float(low), float(high))


def mean_ends(
    of_seeds: Floats, of_images: ArrayLike, squares: ArrayLike, images: int, confidence: float
) -> tuple[Floats, Floats]:
    """Return the lower and the upper ends of many such intervals, each from -1 to 1.

    Every seed answers every image: two crossed facets, both random. The variance of the grand mean
    is (MS of seeds + MS of images - MS of their interaction) / (seeds * images); see Brennan,
    "Generalizability Theory", 2001. Degrees of freedom are those of Satterthwaite, "An approximate
    distribution of estimates of variance components", 1946, where the interaction's part, which is
    subtracted, is left out of the sum.

    Args:
        of_seeds: mean drops of the seeds, shape (..., seeds), two seeds at least.
        of_images: mean over the images of the square of an image's mean loss, shape (...).
        squares: mean of the squares of all losses, shape (...).
        images: how many images there are.
        confidence: how often such an interval holds the true mean, between 0 and 1.
    """
    seeds = of_seeds.shape[-1]
    mean = of_seeds.mean(axis=-1)
    by_seed = images * of_seeds.var(axis=-1, ddof=1)
    if images == 1:
        return _around(mean, by_seed / seeds, np.asarray(seeds - 1.0), confidence)
    in_images = seeds * images * (np.asarray(of_images) - mean**2)
    by_image = np.maximum(in_images, 0) / (images - 1)
    whole = seeds * images * (np.asarray(squares) - mean**2)
    rest = np.maximum(whole - (seeds - 1) * by_seed - in_images, 0)
    both = rest / ((seeds - 1) * (images - 1))
    # Chance can make the estimate of one facet negative; the facet itself is never.
    total = np.maximum.reduce([by_seed + by_image - both, by_seed, by_image])
    parts = by_seed**2 / (seeds - 1) + by_image**2 / (images - 1)
    degrees = np.divide(total**2, parts, out=np.ones_like(parts), where=parts > 0)
    return _around(mean, total / (seeds * images), degrees, confidence)


def plain_interval(
    drops: Sequence[float], intervals: Sequence[Interval], confidence: float
) -> Interval:
    """Return the interval of the mean of the seeds' drops, unpaired, -1 to 1.

    Student's t interval of the drops takes the images as given; the seeds' own intervals take the
    seeds as given. As all seeds have the same images, the mean is as far off by the images as one
    seed is on average. Both distances are added as the sides of a right angle (Zou and Donner,
    "Construction of confidence limits about effect measures", 2008).

    Args:
        drops: of the seeds, two at least.
        intervals: of the same, for the images.
        confidence: how often such an interval holds the true mean, between 0 and 1.
    """
    values = np.asarray(drops)
    mean = values.mean()
    variance, degrees = values.var(ddof=1) / len(values), np.asarray(len(values) - 1.0)
    low, high = _around(mean, variance, degrees, confidence)
    below = np.hypot(mean - low, mean - np.mean([each.low for each in intervals]))
    above = np.hypot(high - mean, np.mean([each.high for each in intervals]) - mean)
    ends = max(float(mean - below), -1.0), min(float(mean + above), 1.0)
    return Interval(*ends, paired=False)


def _around(
    mean: Floats, variance: Floats, degrees: Floats, confidence: float
) -> tuple[Floats, Floats]:
    # It takes a moment to import, which most who import this need not wait for.
    from scipy.special import stdtrit

    margin = stdtrit(degrees, (1 + confidence) / 2) * np.sqrt(variance)
    return np.maximum(mean - margin, -1.0), np.minimum(mean + margin, 1.0)
