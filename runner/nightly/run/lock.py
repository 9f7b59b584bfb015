"""Let one night at a time use a folder."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from runner.errors import Refused, RunnerError


class Busy(RunnerError):
    """Another night is at work."""


@contextmanager
def lock(folder: Path) -> Iterator[None]:
    """Lock the folder until the block, or this process, ends.

    Raises:
        Busy: another process has locked it; the text says which, and since when.
        Refused: the folder cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(
            f"folder={folder}: must be a folder to write into ({error.strerror})"
        ) from None
    holder = folder / "holder.json"
    file_lock = FileLock(folder / ".lock", timeout=0)
    try:
        file_lock.acquire()
    except Timeout:
        raise Busy(f"another night is at work in {folder}: {_holder_text(holder)}") from None
    try:
        since = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")
        holder.write_text(json.dumps({"process": os.getpid(), "since": since}), encoding="utf-8")
        yield
    finally:
        file_lock.release()


def _holder_text(path: Path) -> str:
    try:
        holder = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        # It has just begun, and not written yet.
        holder = {}
    return f"process {holder.get('process', 'unknown')}, since {holder.get('since', 'unknown')}"
