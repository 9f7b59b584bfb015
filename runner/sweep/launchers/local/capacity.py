"""Count the workers that the cores and memory of this machine allow at once."""

import logging
import os
from pathlib import Path

import joblib

from runner.process.memory import free_bytes

log = logging.getLogger(__name__)

# What a worker is taken to need until one has ended a job, besides what was loaded before it was
# forked, which it shares.
_UNKNOWN = 1.5e9
# Of the most that a worker was seen to take: the next job may take more, as one that prunes does
# beside one that only trains the baseline.
_MARGIN = 1.5


class Capacity:
    """The number of workers, which follows what workers were seen to take."""

    def __init__(self, threads: int) -> None:
        """Count cores and free memory now, before any worker runs.

        Args:
            threads: threads of each worker.
        """
        # joblib's count respects affinity and the quotas of containers.
        self._by_cores = 1 if _has_gpu() else int(joblib.cpu_count()) // threads
        self._free = free_bytes()
        self._most = 0

    @property
    def workers(self) -> int:
        """As many workers as cores and memory allow, at least one; one where there is a GPU."""
        by_memory = int(self._free / (_MARGIN * self._most if self._most else _UNKNOWN))
        return max(1, min(self._by_cores, by_memory))

    def note(self, taken: int) -> None:
        """Take into account the bytes that a worker took at most for a job, of its own."""
        before = self.workers
        self._most = max(self._most, taken)
        if self.workers != before:
            log.info(
                "%d at once from now on, not %d: a worker took %.1f GB, and %.1f GB are free",
                *(self.workers, before, self._most / 1e9, self._free / 1e9),
            )


def _has_gpu() -> bool:
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1")
    return not hidden and any(Path("/dev").glob("nvidia[0-9]*"))
