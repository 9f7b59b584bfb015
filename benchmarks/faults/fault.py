"""Inject one fault, give the same command again, and judge what became of the sweep."""

import os
import shutil
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.faults.command import Command, marked, orphans
from benchmarks.faults.deck import Draw
from benchmarks.faults.scene import Scene
from benchmarks.faults.stored_runs import StoredRun, Unreadable
from benchmarks.faults.tracking_server import TrackingServer
from benchmarks.faults.twin import Twin
from benchmarks.faults.verdict import Verdict, compare, missing

# The same command is given at most so often.
_TIMES = 3
# While Python unloads its libraries it leaves signals to the system; a shell says the same of both.
_KILLED, _REFUSED = (signal.SIGKILL, signal.SIGHUP, signal.SIGINT, signal.SIGTERM), 2
_CODES = {0, 1, 128 + signal.SIGINT, 128 + signal.SIGTERM, 128 + signal.SIGHUP}


@dataclass(frozen=True)
class Fault:
    """A fault that is drawn, and the twin that it is judged by."""

    draw: Draw
    twin: Twin
    scene: Scene

    @classmethod
    def at(
        cls, folder: Path, draw: Draw, twin: Twin, server: TrackingServer | None, name: str
    ) -> "Fault":
        """Prepare the fault's folder."""
        scene = Scene(folder, draw.configuration, name, draw.chance, twin.lengths, server)
        with_cache = draw.chance.random() < 0.5
        scene.prepare(twin.data, twin.empty, twin.cache if with_cache else None)
        return cls(draw, twin, scene)

    def inject(self) -> tuple[str, Verdict]:
        """Inject it, resume, and judge; returns what was done, in words.

        Raises:
            NotPossible: this machine cannot make the fault.
        """
        verdict = Verdict()
        try:
            return self._injected(verdict), verdict
        finally:
            # Whatever ends this, nothing of the fault goes on.
            for process in marked(self.scene.mark):
                process.kill()
            self.scene.ends.close()

    def _injected(self, verdict: Verdict) -> str:
        with self.scene.mends:
            words = self.draw.kind.play(self.scene)
            for command in list(self.scene.commands):
                self._judge_end(command, verdict, again=False)
        self._end_orphans(verdict)
        before = self._finished()
        verdict.resumed = self._again(verdict)
        self._end_orphans(verdict)
        try:
            runs = self.scene.read()
        except Unreadable as fault:
            verdict.lost.append(f"the store cannot be read: {fault}")
            return words
        compare(runs, self.scene.grids, self.twin, verdict)
        if not self.scene.destroyed:
            there = {run.id for run in runs}
            verdict.lost += [f"{run.name} was made again" for run in before if run.id not in there]
        verdict.traces += [f"{path} is left" for path in self._left()]
        return words

    def clear(self) -> None:
        """Delete the fault's folder."""
        shutil.rmtree(self.scene.folder, ignore_errors=True)

    def _again(self, verdict: Verdict) -> bool:
        """Give the command again until it ends well; tell whether each sweep's did."""
        ended = [self._ends_well(values, verdict) for values in self.scene.grids]
        return all(ended)

    def _ends_well(self, values: Sequence[str], verdict: Verdict) -> bool:
        for _ in range(_TIMES):
            command = self.scene.start(values)
            self._judge_end(command, verdict, again=True)
            if command.process.returncode == 0:
                return True
        return False

    def _judge_end(self, command: Command, verdict: Verdict, *, again: bool) -> None:
        may_refuse = self.scene.may_refuse and not again
        code = command.wait()
        # Where the store is out from the start, nothing has begun that could go on.
        may_refuse |= not again and command.refused_store
        allowed = {*_CODES, *(-number for number in _KILLED), *([_REFUSED] * may_refuse)}
        if command.hung:
            verdict.codes.append("it hung")
        elif code not in allowed:
            verdict.codes.append(f"exit code {code}: {(command.lines or [''])[-1]}")
        if "Traceback" in command.text:
            verdict.codes.append(f"a traceback: {_raised(command)}")
        ended_well_before = self.scene.destroyed and self.scene.late and not again
        if code == 0 and not may_refuse and not ended_well_before:
            lacks = self._lacks()
            verdict.codes += [f"exit code 0 without {', '.join(lacks[:2])}"] if lacks else []

    def _lacks(self) -> list[str]:
        # Of several sweeps another may still be running.
        if len(self.scene.grids) > 1:
            return []
        try:
            return missing(self.scene.read(), self.scene.grids, self.twin)
        except Unreadable as fault:
            return [f"a store that can be read ({fault})"]

    def _finished(self) -> list[StoredRun]:
        try:
            runs = self.scene.read()
        except Unreadable:
            return []
        return [run for run in runs if run.kind == "point" and run.status == "FINISHED"]

    def _end_orphans(self, verdict: Verdict) -> None:
        for process in orphans(self.scene.mark):
            with suppress(psutil.Error):
                verdict.orphans.append(f"{process.pid} {' '.join(process.cmdline())[:60]}")
                os.kill(process.pid, signal.SIGKILL)

    def _left(self) -> Iterator[Path]:
        """Yield the files that should be gone when a sweep has ended well."""
        for path in sorted(self.scene.temporary.rglob("*")):
            if not path.is_dir() and not path.name.endswith(".lock"):
                yield path.relative_to(self.scene.folder)
        unlogged = self.scene.cache / "unlogged"
        if unlogged.is_dir():
            yield from (
                path.relative_to(self.scene.folder)
                for path in unlogged.iterdir()
                if ".damaged." not in path.name
            )


def _raised(command: Command) -> str:
    """Return the first line after a traceback that is not a part of it."""
    after = command.lines[next(i for i, line in enumerate(command.lines) if "Traceback" in line) :]
    return next((line for line in after[1:] if line and not line.startswith(" ")), "")[:200]


def timed(fault: Fault) -> tuple[str, Verdict, float]:
    """Inject a fault, and return what was done, what was found and the seconds that it took."""
    started = time.monotonic()
    words, verdict = fault.inject()
    return words, verdict, time.monotonic() - started
