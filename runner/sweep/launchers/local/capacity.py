"""Count the workers that the cores and memory of this machine allow at once."""

import os
from pathlib import Path

import joblib
import psutil

# What a worker needs in addition to what was loaded before it was forked, which it shares.
_WORKER_BYTES = 1.5e9
_CGROUP = Path("/sys/fs/cgroup")


def workers(threads: int) -> int:
    """Return as many workers as cores and memory allow, at least one; one where there is a GPU.

    Args:
        threads: threads of each worker.
    """
    if _has_gpu():
        return 1
    # joblib's count respects affinity and the quotas of containers.
    by_cores = int(joblib.cpu_count()) // threads
    by_memory = int(_free_bytes() / _WORKER_BYTES)
    return max(1, min(by_cores, by_memory))


def _has_gpu() -> bool:
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1")
    return not hidden and any(Path("/dev").glob("nvidia[0-9]*"))


def _free_bytes() -> float:
    """Return the free bytes of the machine or, if fewer, of the container."""
    free = float(psutil.virtual_memory().available)
    try:
        limit = (_CGROUP / "memory.max").read_text().strip()
        used = int((_CGROUP / "memory.current").read_text())
        statistics = dict(
            line.split() for line in (_CGROUP / "memory.stat").read_text().splitlines()
        )
    except OSError:
        return free
    # The kernel frees the cached pages of files that no process reads any more.
    needed = used - int(statistics.get("inactive_file", 0))
    return free if limit == "max" else min(free, int(limit) - needed)
