"""Bound the accuracy drop of a file where only the numbers of right answers are known."""

import math

from runner.statistics.interval import Interval
from runner.statistics.wilson import wilson_ends


def independent_drop(
    dense_right: int, file_right: int, images: int, confidence: float = 0.95
) -> Interval:
    """Return the interval of the first accuracy minus the second, from -1 to 1, unpaired.

    Method 10 of Newcombe, "Interval estimation for the difference between independent proportions:
    comparison of eleven methods", 1998. On the same images two models mostly err together, so that
    it is wider than `paired_drop`: it does not know which images each one has right.

    Args:
        dense_right: images that the first classifies right.
        file_right: images that the second classifies right.
        images: how many images each of them classified.
        confidence: how often such an interval holds the true drop, between 0 and 1.

    Raises:
        ValueError: there is no image, or more are right than there are.
    """
    if images < 1 or not (0 <= dense_right <= images and 0 <= file_right <= images):
        raise ValueError(f"{dense_right} and {file_right} of {images} images are no accuracies")
    first, second = dense_right / images, file_right / images
    (low1, low2), (high1, high2) = wilson_ends([dense_right, file_right], images, confidence)
    below = math.hypot(first - low1, high2 - second)
    above = math.hypot(high1 - first, second - low2)
    drop = first - second
    return Interval(max(drop - below, -1.0), min(drop + above, 1.0), paired=False)
