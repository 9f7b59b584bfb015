"""Say in a word whether a file's accuracy drop is inside a limit."""

from enum import StrEnum

from runner.statistics.interval import Interval

# Drops are quotients of whole numbers: what rounding makes of them must not decide.
ROUNDING = 1e-9


class Certainty(StrEnum):
    """Where the interval of an accuracy drop lies, seen from a limit."""

    WITHIN = "within"
    BEYOND = "beyond"
    TOO_CLOSE = "too close to tell"


def certainty(interval: Interval, limit: float) -> Certainty:
    """Say whether the whole interval is inside the limit, or outside, or neither.

    A drop that equals the limit keeps it.

    Args:
        interval: of the accuracy drop.
        limit: the largest drop that is allowed, -1 to 1.
    """
    if interval.high <= limit + ROUNDING:
        return Certainty.WITHIN
    return Certainty.BEYOND if interval.low > limit + ROUNDING else Certainty.TOO_CLOSE
