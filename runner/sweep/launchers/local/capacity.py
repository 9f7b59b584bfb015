"""Threads per worker go in; how many workers this machine takes at once comes out."""

import os
from pathlib import Path

import joblib
import psutil

# A worker shares what was loaded before it was forked; this is what it comes to need by itself.
_WORKER_BYTES = 1.5e9
_CGROUP = Path("/sys/fs/cgroup")


def workers(threads: int) -> int:
    """Return as many workers as cores and memory allow, at least one; one where there is a GPU."""
    if _has_gpu():
        return 1
    # Knows about affinity and the quotas of containers.
    by_cores = int(joblib.cpu_count()) // threads
    by_memory = int(_free_bytes() / _WORKER_BYTES)
    return max(1, min(by_cores, by_memory))


def _has_gpu() -> bool:
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1")
    return not hidden and any(Path("/dev").glob("nvidia[0-9]*"))


def _free_bytes() -> float:
    """Return what is free on the machine or, if that is less, in the container."""
    free = float(psutil.virtual_memory().available)
    try:
        limit = (_CGROUP / "memory.max").read_text().strip()
        used = int((_CGROUP / "memory.current").read_text())
        figures = dict(line.split() for line in (_CGROUP / "memory.stat").read_text().splitlines())
    except OSError:
        return free
    # Of what is used, the kernel gives back the pages of files that nobody reads any more.
    taken = used - int(figures.get("inactive_file", 0))
    return free if limit == "max" else min(free, int(limit) - taken)
