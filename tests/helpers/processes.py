"""Find a free port, and end a process with all that it has started."""

import socket
import subprocess
from contextlib import suppress
from typing import Any

import psutil


def free_port() -> int:
    """Find a port that nothing listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def end_tree(process: "subprocess.Popen[Any]") -> None:
    """Kill a process and everything that it has started."""
    if process.poll() is None:
        for child in psutil.Process(process.pid).children(recursive=True):
            # What one ends with its own end may be gone by then.
            with suppress(psutil.NoSuchProcess):
                child.kill()
        process.kill()
        process.wait()
