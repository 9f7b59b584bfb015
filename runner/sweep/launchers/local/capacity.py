"""Count the workers that the cores and memory of this machine allow at once."""

import os
from pathlib import Path

import joblib

from runner.process.memory import free_bytes

# What a worker needs in addition to what was loaded before it was forked, which it shares.
_WORKER_BYTES = 1.5e9


def workers(threads: int) -> int:
    """Return as many workers as cores and memory allow, at least one; one where there is a GPU.

    Args:
        threads: threads of each worker.
    """
    if _has_gpu():
        return 1
    # joblib's count respects affinity and the quotas of containers.
    by_cores = int(joblib.cpu_count()) // threads
    by_memory = int(free_bytes() / _WORKER_BYTES)
    return max(1, min(by_cores, by_memory))


def _has_gpu() -> bool:
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1")
    return not hidden and any(Path("/dev").glob("nvidia[0-9]*"))
