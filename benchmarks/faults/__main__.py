"""Inject faults into small real sweeps, and print what became of each, and a table.

python -m benchmarks.faults [--count N] [--seed N] [--from N] [--only KIND] [--jobs N]
    [--folder FOLDER]

Needs no data and no network. After each fault the same command is given again, then all is read
back from the store and compared with a sweep that nothing happened to. Exits with 1 where anything
is lost, wrong, there twice, or left behind.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

from benchmarks.faults import results
from benchmarks.faults.bench import end_with_signals, inject
from benchmarks.faults.deck import KINDS

# A sweep of its size keeps one core busy.
_CORES = min(os.cpu_count() or 1, 8)


def main() -> None:
    """Inject the faults and print what became of them."""
    arguments = _arguments()
    with ExitStack() as ends:
        folder = arguments.folder or Path(ends.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "results.jsonl"
        sides = [folder, *(folder / f"side-{number}" for number in range(1, arguments.jobs))]
        end_with_signals()
        others = [
            _begin(ends, side, number, arguments, file)
            for number, side in enumerate(sides[1:], start=1)
        ]
        inject(sides[0], 0, arguments, file)
        for other in others:
            other.join()
        found = results.read(file, arguments.seed)
    print(f"\n{results.table(found)}")
    failed = any(not r.verdict.resumed or any(r.findings()) for r in found if r.verdict)
    sys.exit(failed or any(other.exitcode for other in others))


def _begin(
    ends: ExitStack, side: Path, number: int, arguments: argparse.Namespace, file: Path
) -> BaseProcess:
    """Inject every so manieth fault in a process beside this one."""
    # Spawned: a forked one would share what this process has begun.
    process = get_context("spawn").Process(target=inject, args=(side, number, arguments, file))
    process.start()
    ends.callback(process.terminate)
    return process


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
