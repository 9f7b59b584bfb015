"""Tell how much memory this machine has, or the container that the process runs in."""

from pathlib import Path

import psutil

_CGROUP = Path("/sys/fs/cgroup")


def free_bytes() -> float:
    """Return the free bytes of the machine or, if fewer, of the container."""
    free = float(psutil.virtual_memory().available)
    try:
        limit = _limit()
        used = int((_CGROUP / "memory.current").read_text(encoding="utf-8"))
        statistics = dict(
            line.split()
            for line in (_CGROUP / "memory.stat").read_text(encoding="utf-8").splitlines()
        )
    except OSError:
        return free
    # The kernel frees the cached pages of files that no process reads any more.
    needed = used - int(statistics.get("inactive_file", 0))
    return free if limit is None else min(free, limit - needed)


def total_bytes() -> int:
    """Return the bytes of the machine or, if fewer, of the container."""
    total = int(psutil.virtual_memory().total)
    try:
        limit = _limit()
    except OSError:
        return total
    return total if limit is None else min(total, limit)


def _limit() -> int | None:
    text = (_CGROUP / "memory.max").read_text(encoding="utf-8").strip()
    return None if text == "max" else int(text)
