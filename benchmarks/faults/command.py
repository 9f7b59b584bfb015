"""Run a sweep's command as a process of its own, and follow what it prints."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from benchmarks.faults.moment import PHASES, Moment, Phase, begins

# The variable by which processes of a fault are known, whoever their parent is by now.
MARK = "FAULT_MARK"
# A command that takes longer hangs: one waits two minutes for a store, and each request to it too.
_HANGS_AFTER = 300.0
# Unloading TensorFlow takes a busy machine many seconds.
_ENDS_WITHIN = 30.0


class Command:
    """A sweep's command that has been started."""

    def __init__(
        self, arguments: Sequence[str], folder: Path, environment: Mapping[str, str]
    ) -> None:
        """Start it in a process group of its own."""
        self.mark = environment[MARK]
        self.started = time.monotonic()
        self.began: dict[Phase, float] = {"start": self.started}
        self.lines: list[str] = []
        self.hung = False
        self.ended = self.started
        self.process = subprocess.Popen(
            arguments,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for raw in self.process.stdout or ():
            line = raw.decode(errors="replace").rstrip()
            self.lines.append(line)
            for phase in PHASES:
                if phase not in self.began and begins(phase, line):
                    self.began[phase] = time.monotonic()

    @property
    def refused_store(self) -> bool:
        """Whether it ended before anything began, for it could not use the store."""
        begun = any(" started: " in line for line in self.lines)
        return not begun and (self.lines or [""])[-1].startswith("runner: tracking.uri=")

    @property
    def text(self) -> str:
        """What it has printed so far."""
        return "\n".join(self.lines)

    def reach(self, moment: Moment) -> bool:
        """Wait for a moment; False where the command ended before."""
        end = self.started + _HANGS_AFTER
        while self.process.poll() is None and time.monotonic() < end:
            began = self.began.get(moment.phase)
            if began is not None and time.monotonic() >= began + moment.seconds:
                return True
            time.sleep(0.02)
        return False

    def tree(self) -> list[psutil.Process]:
        """Return the scheduler's process and all that it has started."""
        try:
            scheduler = psutil.Process(self.process.pid)
            return [scheduler, *scheduler.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def wait(self) -> int:
        """Wait for the end and return the exit code; one that hangs is killed."""
        try:
            self.process.wait(_HANGS_AFTER)
        except subprocess.TimeoutExpired:
            self.hung = True
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.ended = time.monotonic()
        # Whoever holds the pipe may outlive it.
        self._reader.join(timeout=2)
        return self.process.returncode


def python(*arguments: str) -> list[str]:
    """Return a command line for this interpreter."""
    return [sys.executable, *arguments]


def orphans(mark: str) -> list[psutil.Process]:
    """Return the processes of a mark that are still there some seconds after its commands ended."""
    end = time.monotonic() + _ENDS_WITHIN
    while left := marked(mark):
        if time.monotonic() > end:
            return left
        time.sleep(0.1)
    return []


def marked(mark: str) -> list[psutil.Process]:
    """Return the processes of a mark."""
    return [process for process in psutil.process_iter() if _is_marked(process, mark)]


def _is_marked(process: psutil.Process, mark: str) -> bool:
    try:
        zombie = process.status() == psutil.STATUS_ZOMBIE
        return not zombie and process.environ().get(MARK) == mark
    except (psutil.Error, OSError):
        return False
