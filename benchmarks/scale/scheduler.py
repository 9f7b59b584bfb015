"""Look at the process of a sweep while it runs: what it takes by the number of points done."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

_LOOK_SECONDS = 1.0
_DONE = re.compile(rb"\((\d+) of \d+ points done\)")
# More than the last lines of a log take.
_TAIL_BYTES = 8192


@dataclass(frozen=True)
class Look:
    """What a process had taken when so many points were done.

    Attributes:
        cpu: seconds of the processor.
        memory: bytes that it takes.
        server: seconds of the processor that the tracking server had taken; 0 without one.
    """

    done: int
    cpu: float
    memory: int
    server: float


@dataclass(frozen=True)
class Scheduler:
    """All looks at a sweep's process, the first of them when a point was done."""

    looks: list[Look]

    @property
    def has_server(self) -> bool:
        """Whether the store was a tracking server."""
        return self.looks[-1].server > 0

    def cpu_a_point(self, first: float, last: float) -> float:
        """Return seconds of the processor a point, between two shares of all points."""
        begin, end = self._at(first), self._at(last)
        return (end.cpu - begin.cpu) / max(1, end.done - begin.done)

    def server_cpu_a_point(self, first: float, last: float) -> float:
        """Return seconds of the server's processor a point, between two shares of all points."""
        begin, end = self._at(first), self._at(last)
        return (end.server - begin.server) / max(1, end.done - begin.done)

    def memory(self, share: float) -> int:
        """Return the bytes that it took when this share of all points was done."""
        return self._at(share).memory

    def _at(self, share: float) -> Look:
        wanted = share * self.looks[-1].done
        return next(look for look in self.looks if look.done >= wanted)


def watch(
    process: psutil.Process, output: Path, points: int, server: Callable[[], float]
) -> Scheduler:
    """Look at a process until so many points are done, or it ends.

    Args:
        output: what the process prints goes there.
        server: returns the seconds of the processor that the tracking server has taken.
    """
    looks: list[Look] = []
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        times, memory = process.cpu_times(), process.memory_info().rss
        done = _done(output)
        if done:
            looks.append(Look(done, times.user + times.system, memory, server()))
        if done == points:
            break
        time.sleep(_LOOK_SECONDS)
    if not looks:
        raise SystemExit(output.read_text(encoding="utf-8"))
    return Scheduler(looks)


def _done(output: Path) -> int:
    with output.open("rb") as file:
        file.seek(max(0, output.stat().st_size - _TAIL_BYTES))
        found = _DONE.findall(file.read())
    return int(found[-1]) if found else 0
