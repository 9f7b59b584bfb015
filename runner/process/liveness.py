"""Name a process so that a later one can tell whether it has ended."""

import os
import socket
from pathlib import Path

import psutil

_BOOT = Path("/proc/sys/kernel/random/boot_id")


def this_process() -> str:
    """Name this process by its host, the host's boot, its process number and its start time."""
    return f"{socket.gethostname()} {_boot()} {os.getpid()} {_start(os.getpid())}"


def is_gone(name: str) -> bool:
    """Tell whether a named process has ended.

    False for a process of another host and for a name that cannot be parsed: nothing is known.
    """
    try:
        host, boot, number, started = name.split()
        if host != socket.gethostname():
            return False
        if boot != _boot():
            return True
        if psutil.Process(int(number)).status() == psutil.STATUS_ZOMBIE:
            return True
        return _start(int(number)) != int(started)
    except psutil.NoSuchProcess:
        return True
    except ValueError:
        return False


def _start(number: int) -> int:
    """Return the start in ticks since boot, which a corrected clock does not change."""
    try:
        return int(Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[19])
    except FileNotFoundError:
        return int(psutil.Process(number).create_time())


def _boot() -> str:
    return _BOOT.read_text().strip() if _BOOT.is_file() else "-"
