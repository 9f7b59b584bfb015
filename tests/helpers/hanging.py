"""Wait for what must come, and give up only where something hangs."""

import subprocess
import threading
import time
from collections.abc import Callable

# Seconds, far more than anything takes on a slow and busy machine: no test measures time by it.
HANGS_AFTER = 900


def wait_until(found: Callable[[], object], what: str) -> None:
    """Ask again and again until there is an answer.

    Raises:
        AssertionError: there is none, for so long that something hangs.
    """
    end = time.monotonic() + HANGS_AFTER
    while not found():
        assert time.monotonic() < end, f"waited {HANGS_AFTER} s in vain for {what}"
        time.sleep(0.05)


def read_until(process: "subprocess.Popen[str]", text: str) -> str:
    """Read what a process prints up to a line with this text.

    Raises:
        AssertionError: the process ends before that, or hangs, and is killed.
    """
    assert process.stdout is not None
    seen = ""
    guard = threading.Timer(HANGS_AFTER, process.kill)
    guard.start()
    try:
        for line in process.stdout:
            seen += line
            if text in line:
                return seen
    finally:
        guard.cancel()
    raise AssertionError(seen)
