"""Say what an accuracy loses, and call it a gain where it does not lose."""

from runner.statistics.interval import Interval


def is_gain(loss: float) -> bool:
    """Tell whether a loss, from -1 to 1, is a gain in hundredths of a point."""
    return round(loss * 100, 2) < 0


def points(loss: float) -> str:
    """Write the number of percentage points, without a sign."""
    return f"{abs(loss) * 100:.2f}"


def between(interval: Interval, gained: bool) -> str:
    """Write in percentage points between which ends a loss lies, or a gain; no zero has a sign."""
    sign = -1 if gained else 1
    low, high = sorted(round(sign * end * 100, 2) + 0.0 for end in (interval.low, interval.high))
    return f"{low:.2f} to {high:.2f}"
