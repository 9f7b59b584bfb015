"""Nothing goes in; a text that names this process, now and later, comes out, and is told dead."""

import socket
from pathlib import Path

import psutil

_BOOT = Path("/proc/sys/kernel/random/boot_id")
# A corrected clock moves the times of processes that are still the same.
_SAME_SECONDS = 5


def myself() -> str:
    """Name this process: its host, the host's current boot, its number and when it started."""
    me = psutil.Process()
    return f"{socket.gethostname()} {_boot()} {me.pid} {me.create_time():.0f}"


def is_gone(name: str) -> bool:
    """Tell whether a process of this host has ended; of another host's, nothing is known: False."""
    try:
        host, boot, number, started = name.split()
        if host != socket.gethostname():
            return False
        if boot != _boot():
            return True
        running = psutil.Process(int(number))
        if running.status() == psutil.STATUS_ZOMBIE:
            return True
        return abs(running.create_time() - float(started)) > _SAME_SECONDS
    except psutil.NoSuchProcess:
        return True
    except ValueError:
        return False


def _boot() -> str:
    return _BOOT.read_text().strip() if _BOOT.is_file() else "-"
