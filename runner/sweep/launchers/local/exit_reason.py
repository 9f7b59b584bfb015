"""Explain why a worker ended before its job did."""

import signal
from pathlib import Path

from runner.errors import one_line
from runner.sweep.launchers.job import OUTPUT

# How much of the worker's output is quoted.
_CHARACTERS = 4000


def reason(exitcode: int | None) -> str:
    """Name in a few words the signal or exit code that ended the worker."""
    if exitcode is None or exitcode >= 0:
        return f"the worker ended with exit code {exitcode}"
    name = signal.Signals(-exitcode).name
    memory = ": out of memory?" if name == "SIGKILL" else ""
    return f"the worker was killed by {name}{memory}"


def last_output(folder: Path | None) -> str:
    """Quote the end of what the worker printed into its output folder; None: it has none yet."""
    if folder is None:
        return "It had not begun."
    try:
        return (folder / OUTPUT).read_text(errors="replace", encoding="utf-8")[-_CHARACTERS:]
    except OSError as error:
        return one_line(error)
