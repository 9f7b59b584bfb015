"""Count the workers that the cores and memory of this machine allow at once."""

import logging
import os
from pathlib import Path

import joblib

from runner.process.memory import free_bytes

log = logging.getLogger(__name__)

# What a worker is taken to need where nothing is known of its jobs.
_UNKNOWN = 1.5e9
# Of the most that a worker was seen to take: the next job may take more.
_MARGIN = 1.5


class Capacity:
    """The number of workers, which follows what workers were seen to take."""

    def __init__(self, threads: int, seen: int = 0, expected: float = _UNKNOWN) -> None:
        """Count cores and free memory now, before any worker runs.

        Args:
            threads: threads of each worker.
            seen: the most bytes that a worker of an earlier sweep took for such a point, of its
                own; 0 where that is not known.
            expected: what one is taken to need until that is known.
        """
        # joblib's count respects affinity and the quotas of containers.
        self._by_cores = 1 if _has_gpu() else int(joblib.cpu_count()) // threads
        self._free = free_bytes()
        self._most, self._expected = seen, expected

    @property
    def workers(self) -> int:
        """As many workers as cores and memory allow, at least one; one where there is a GPU."""
        by_memory = int(self._free / (_MARGIN * self._most if self._most else self._expected))
        return max(1, min(self._by_cores, by_memory))

    def note(self, taken: int, of_a_point: bool = True) -> None:
        """Take into account the bytes that a worker took at most for a job, of its own.

        A baseline says how much it is at least.
        """
        before = self.workers
        if of_a_point:
            self._most = max(self._most, taken)
        else:
            self._expected = max(self._expected, _MARGIN * taken)
        if self.workers != before:
            log.info(
                "%d at once from now on, not %d: a worker took %.1f GB, and %.1f GB are free",
                *(self.workers, before, taken / 1e9, self._free / 1e9),
            )


def _has_gpu() -> bool:
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1")
    return not hidden and any(Path("/dev").glob("nvidia[0-9]*"))
