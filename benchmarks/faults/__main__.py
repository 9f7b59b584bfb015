"""Inject faults into small real sweeps, and print what became of each, and a table.

python -m benchmarks.faults [--count N] [--seed N] [--from N] [--only KIND] [--jobs N]
    [--folder FOLDER]

Needs no data and no network. After each fault the same command is given again, then all is read
back from the store and compared with a sweep that nothing happened to. Exits with 1 where anything
is lost, wrong, there twice, or left behind.
"""

import argparse
import itertools
import os
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

from benchmarks.faults import results
from benchmarks.faults.configuration import Configuration
from benchmarks.faults.deck import KINDS, Draw, draws
from benchmarks.faults.fault import Fault, timed
from benchmarks.faults.results import Result
from benchmarks.faults.scene import NotPossible
from benchmarks.faults.tracking_server import TrackingServer
from benchmarks.faults.twin import Twin, make_twin
from benchmarks.faults.verdict import Verdict

# A sweep of its size keeps one core busy.
_CORES = min(os.cpu_count() or 1, 8)


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


def main() -> None:
    """Inject the faults and print what became of them."""
    arguments = _arguments()
    with ExitStack() as ends:
        folder = arguments.folder or Path(ends.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "results.jsonl"
        sides = [folder, *(folder / f"side-{number}" for number in range(1, arguments.jobs))]
        _end_with_signals()
        others = [
            _begin(ends, side, number, arguments, file)
            for number, side in enumerate(sides[1:], start=1)
        ]
        _inject(sides[0], 0, arguments, file)
        for other in others:
            other.join()
        found = results.read(file, arguments.seed)
    print(f"\n{results.table(found)}")
    failed = any(not r.verdict.resumed or any(r.findings()) for r in found if r.verdict)
    sys.exit(failed or any(other.exitcode for other in others))


def _end_with_signals() -> None:
    # So that whoever ends this ends the sweeps and the server, too.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))


def _begin(
    ends: ExitStack, side: Path, number: int, arguments: argparse.Namespace, file: Path
) -> BaseProcess:
    """Inject every so manieth fault in a process beside this one."""
    # Spawned: a forked one would share what this process has begun.
    process = get_context("spawn").Process(target=_inject, args=(side, number, arguments, file))
    process.start()
    ends.callback(process.terminate)
    return process


def _inject(side: Path, first: int, arguments: argparse.Namespace, file: Path) -> None:
    """Inject the faults of one side, one after the other."""
    _end_with_signals()
    with ExitStack() as ends:
        bench = Bench(side.absolute(), arguments.seed, ends)
        for draw in itertools.islice(_chosen(arguments), first, None, arguments.jobs):
            result = bench.inject(draw)
            print(result, flush=True)
            results.add(file, result)


def _chosen(arguments: argparse.Namespace) -> Iterator[Draw]:
    everything: Iterator[Draw] = draws(arguments.seed)
    if arguments.only:
        everything = (draw for draw in everything if arguments.only in draw.kind.name)
        return itertools.islice(everything, arguments.count)
    return itertools.islice(everything, arguments.first - 1, arguments.count)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults")
    parser.add_argument("--count", type=int, default=10, metavar="N", help="how many faults")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="what they are drawn by")
    parser.add_argument(
        "--from", type=int, default=1, metavar="N", dest="first", help="the first that is injected"
    )
    names: Sequence[str] = [kind.name for kind in KINDS]
    parser.add_argument("--only", metavar="KIND", help=f"a part of a name of: {', '.join(names)}")
    parser.add_argument(
        "--jobs",
        type=int,
        default=_CORES,
        choices=range(1, 33),
        metavar="N",
        help="how many are injected at a time; as many as cores unless given",
    )
    parser.add_argument("--folder", type=Path, metavar="FOLDER", help="where results are kept")
    return parser.parse_args()


if __name__ == "__main__":
    main()
