"""Inject faults one after the other, with one server and one set of twins.

Apart from the command line: a process that is started anew cannot find what a command holds.
"""

import argparse
import itertools
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from benchmarks.faults import results
from benchmarks.faults.configuration import Configuration
from benchmarks.faults.deck import Draw, draws
from benchmarks.faults.fault import Fault, timed
from benchmarks.faults.results import Result
from benchmarks.faults.scene import NotPossible
from benchmarks.faults.tracking_server import TrackingServer
from benchmarks.faults.twin import Twin, make_twin
from benchmarks.faults.verdict import Verdict


class Bench:
    """The server and the twins that faults share which are injected one after the other."""

    def __init__(self, folder: Path, seed: int, ends: ExitStack) -> None:
        """Take the folder in which everything is kept."""
        self.folder, self.seed, self._ends = folder, seed, ends
        self._twins: dict[Configuration, Twin] = {}
        self._server: TrackingServer | None = None

    def inject(self, draw: Draw) -> Result:
        """Inject one fault; what is left of one that went wrong stays in the folder."""
        server = self._served() if draw.configuration.where == "served" else None
        if draw.configuration not in self._twins:
            self._twins[draw.configuration] = make_twin(self.folder, draw.configuration, server)
        twin = self._twins[draw.configuration]
        name = f"fault-{self.seed}-{draw.number}"
        fault = Fault.at(self.folder / name, draw, twin, server, name)
        try:
            words, verdict, seconds = timed(fault)
        except NotPossible as reason:
            return self._result(draw, str(reason), 0, None)
        result = self._result(draw, words, seconds, verdict)
        log = "\n\n".join(f"{c.process.returncode}\n{c.text}" for c in fault.scene.commands)
        (self.folder / f"{name}.log").write_text(f"{result}\n\n{log}\n", encoding="utf-8")
        if verdict.resumed and not any(result.findings()):
            fault.clear()
        return result

    def _served(self) -> TrackingServer:
        if self._server is None:
            self._server = TrackingServer(self.folder / "server")
            self._ends.callback(self._server.close)
        return self._server

    def _result(self, draw: Draw, words: str, seconds: float, verdict: Verdict | None) -> Result:
        where = draw.configuration.where
        return Result(self.seed, draw.number, draw.kind.name, where, words, seconds, verdict)


def inject(side: Path, first: int, arguments: argparse.Namespace, file: Path) -> None:
    """Inject the faults of one side, one after the other."""
    end_with_signals()
    with ExitStack() as ends:
        bench = Bench(side.absolute(), arguments.seed, ends)
        for draw in itertools.islice(_chosen(arguments), first, None, arguments.jobs):
            result = bench.inject(draw)
            print(result, flush=True)
            results.add(file, result)


def end_with_signals() -> None:
    """Let SIGTERM end this process as an exception does."""
    # So that whoever ends this ends the sweeps and the server, too.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))


def _chosen(arguments: argparse.Namespace) -> Iterator[Draw]:
    everything: Iterator[Draw] = draws(arguments.seed)
    if arguments.only:
        everything = (draw for draw in everything if arguments.only in draw.kind.name)
        return itertools.islice(everything, arguments.count)
    return itertools.islice(everything, arguments.first - 1, arguments.count)
