"""Hold the two ends between which a true figure lies, as often as a confidence says."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    """An interval of an accuracy drop: dense accuracy minus the file's, both ends included.

    Attributes:
        low: the least drop, from -1 to 1.
        high: the largest drop, from -1 to 1.
        paired: whether it comes from answers to the same images, image by image.
    """

    low: float
    high: float
    paired: bool = True
