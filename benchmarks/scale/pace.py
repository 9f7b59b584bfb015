"""Hold points back so that a process logs one of them in each period, however long it takes to."""

import random
import time
from dataclasses import dataclass

STORE_SECONDS, CPU_SECONDS = "seconds/store", "seconds/processor"


@dataclass
class Pace:
    """What the points of one process know of each other.

    Attributes:
        due: when the next one is to go on, by the monotonic clock; None before the first.
        cpu: seconds of the processor that the process had taken when the last one asked.
        store: seconds that the last one was busy with the store; it can log them no more.
    """

    due: float | None = None
    cpu: float | None = None
    store: float | None = None

    def wait(self, period: float) -> float:
        """Sleep until the next point is due, and return for how many seconds."""
        now = time.monotonic()
        if self.due is None:
            # Otherwise those that start together would log together ever after.
            self.due = now + random.uniform(0, period)  # noqa: S311
        seconds = max(0.0, self.due - now)
        # One that is late does not make those after it hurry.
        self.due = max(self.due, now) + period
        time.sleep(seconds)
        return seconds

    def last(self) -> dict[str, float]:
        """Return what the point before this one took, if there was one, by metrics."""
        before, self.cpu = self.cpu, time.process_time()
        if before is None or self.store is None:
            return {}
        return {CPU_SECONDS: self.cpu - before, STORE_SECONDS: self.store}


# One a process.
PACE = Pace()
