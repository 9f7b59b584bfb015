"""Tell a real fall from chance, by the images that two files answer differently."""

import math


def chance_of_fall(lost: int, gained: int) -> float:
    """Return how likely so many losses are where a loss is as likely as a gain.

    The exact test of McNemar, "Note on the sampling error of the difference between correlated
    proportions or percentages", 1947, on the side of losses.

    Args:
        lost: images that the first file alone has right.
        gained: images that the second file alone has right.
    """
    images = lost + gained
    ways, term = 0, math.comb(images, lost)
    for number in range(lost, images + 1):
        ways += term
        term = term * (images - number) // (number + 1)
    return ways / (1 << images)
