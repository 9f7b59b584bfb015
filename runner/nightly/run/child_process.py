"""Run a command line of the runner in a process that ends with this one."""

import ctypes
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from runner.escaping.terminal import say
from runner.process.encoding import UTF8

# prctl(2): the signal that a process gets when its parent dies.
_PR_SET_PDEATHSIG = 1
_END_SECONDS = 60
# Loaded here: between fork and exec as little as possible may happen.
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Exit:
    """The exit code of a command, and the last line that it printed."""

    code: int
    last_line: str


def run(arguments: Sequence[str], log: Path, env: Mapping[str, str]) -> Exit:
    """Run `python -m runner` to its end; print what it prints, and append it to the log.

    A stop of this process is passed on, and on Linux its death too.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "runner", *arguments],
        env={**env, **UTF8},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        preexec_fn=_die_with_parent,  # noqa: PLW1509
        encoding="utf-8",
    )
    last = ""
    try:
        with log.open("a", encoding="utf-8") as file:
            for line in process.stdout or ():
                say(line.removesuffix("\n"))
                file.write(line)
                last = line.strip() or last
        return Exit(process.wait(), last)
    finally:
        _end(process)


def _end(process: "subprocess.Popen[str]") -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _die_with_parent() -> None:
    """Ask Linux to stop this process with its parent; elsewhere a sweep outlives a killed night."""
    if _LIBC:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
