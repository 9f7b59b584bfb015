"""Say how much worse a night may be before it is called worse."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tolerance:
    """What passes however quiet the nights were, and what counts as noise.

    `accuracy` is a share of the images (0.002: 0.2 points); `size`, `zipped_size` and `time` are
    shares of the usual value (0.5: half as much again). `spreads` is how many spreads of the good
    nights pass as noise, and `least_nights` how many good nights a verdict needs.
    """

    accuracy: float = 0.002
    size: float = 0.0
    zipped_size: float = 0.02
    time: float = 0.5
    spreads: float = 3.0
    least_nights: int = 3
