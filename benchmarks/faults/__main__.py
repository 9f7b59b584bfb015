"""Inject faults into small real sweeps, and print what became of each, and a table.

python -m benchmarks.faults [--count N] [--seed N] [--from N] [--only KIND] [--folder FOLDER]

Needs no data and no network. After each fault the same command is given again, then all is read
back from the store and compared with a sweep that nothing happened to. Exits with 1 where anything
is lost, wrong, there twice, or left behind.
"""

import argparse
import itertools
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
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


class Bench:
    """The server and the twins that all faults share."""

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
    # So that whoever ends this ends the sweeps and the server, too.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    with ExitStack() as ends:
        folder = arguments.folder or Path(ends.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        bench = Bench(folder.absolute(), arguments.seed, ends)
        file = folder / "results.jsonl"
        for draw in _chosen(arguments):
            result = bench.inject(draw)
            print(result, flush=True)
            results.add(file, result)
        found = results.read(file, arguments.seed)
    print(f"\n{results.table(found)}")
    sys.exit(any(not r.verdict.resumed or any(r.findings()) for r in found if r.verdict))


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
    parser.add_argument("--folder", type=Path, metavar="FOLDER", help="where results are kept")
    return parser.parse_args()


if __name__ == "__main__":
    main()
