"""A folder goes in; it is held by one night at a time, and by none that has died."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from runner.errors import RunnerError


class Busy(RunnerError):
    """Another night is at work."""


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the folder until the block, or this process, ends.

    Raises:
        Busy: another process holds it; the text says which, and since when.
    """
    folder.mkdir(parents=True, exist_ok=True)
    holder = folder / "holder.json"
    lock = FileLock(folder / ".lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise Busy(f"another night is at work in {folder}: {_who(holder)}") from None
    try:
        since = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")
        holder.write_text(json.dumps({"process": os.getpid(), "since": since}))
        yield
    finally:
        lock.release()


def _who(holder: Path) -> str:
    try:
        known = json.loads(holder.read_text())
    except (OSError, ValueError):
        # It has just begun, and not written yet.
        known = {}
    return f"process {known.get('process', 'unknown')}, since {known.get('since', 'unknown')}"
