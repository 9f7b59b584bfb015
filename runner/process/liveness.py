"""Nothing goes in; a text that names this process, now and later, comes out, and is told dead."""

import os
import socket
from pathlib import Path

import psutil

_BOOT = Path("/proc/sys/kernel/random/boot_id")


def myself() -> str:
    """Name this process: its host, the host's current boot, its number and when it started."""
    return f"{socket.gethostname()} {_boot()} {os.getpid()} {_start(os.getpid())}"


def is_gone(name: str) -> bool:
    """Tell whether a process of this host has ended; of another host's, nothing is known: False."""
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
    """Return when a process started: in ticks since boot, which no corrected clock moves."""
    try:
        return int(Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[19])
    except FileNotFoundError:
        return int(psutil.Process(number).create_time())


def _boot() -> str:
    return _BOOT.read_text().strip() if _BOOT.is_file() else "-"
