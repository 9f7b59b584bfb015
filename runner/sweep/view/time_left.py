"""Estimate how long a sweep still takes, by the points of it that have ended."""

import statistics
import time
from collections.abc import Collection


class TimeLeft:
    """The time that points took, and the number of workers that share what is left."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._seconds: list[float] = []

    def note(self, seconds: float) -> None:
        """Take into account how long a point took."""
        self._seconds.append(seconds)

    def estimate(self, waiting: int, began: Collection[float]) -> float | None:
        """Return the seconds that are left; None before a point has ended.

        Args:
            waiting: how many points have not begun.
            began: when each that runs did, on the monotonic clock.
        """
        if not self._seconds:
            return None
        each, now = statistics.mean(self._seconds), time.monotonic()
        running = [max(0.0, each - (now - start)) for start in began]
        shared = (waiting * each + sum(running)) / self.workers
        # However many workers there are, one point takes its time.
        return max(shared, *running, each if waiting else 0.0)


def in_words(seconds: float) -> str:
    """Say how long that is, in one unit."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 100 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
