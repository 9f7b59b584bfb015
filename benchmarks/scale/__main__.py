"""Print what points that only sleep and log cost on a local Ray cluster, by slots.

    python -m benchmarks.scale [--points N] [--slots N ...] [--sleep SECONDS]
    python -m benchmarks.scale --nodes [--points N]

A slot runs one point at a time. The sweeper, the launcher and the store (SQLite) are the runner's
own; of the processor's time and the memory, those of the sweep's own process count. With `--nodes`:
what real points take on two simulated nodes, and on one.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import psutil

from benchmarks.fixtures.sweep_folder import settings_within, store_in
from benchmarks.fixtures.toy_dataset import write_toy
from benchmarks.scale import nodes
from benchmarks.scale.idle_points import SLEEP, STORE_SECONDS
from runner.tracking import Kind

_POINTS, _SLOTS, _SLEEP_SECONDS = 10_000, (2, 4, 8, 16), 1.0
_REAL_POINTS = 64
_LOOK_SECONDS = 1.0
_TITLES = (
    *("points", "slots", "points a second", "besides its sleep, a point", "store, a point"),
    *("scheduler: CPU, a point", "scheduler: memory"),
)


@dataclass(frozen=True)
class Process:
    """What the sweep's own process took: seconds of the processor, and bytes at most."""

    cpu: float
    memory: int


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale")
    parser.add_argument("--points", type=int)
    parser.add_argument("--slots", type=int, nargs="+", default=_SLOTS)
    parser.add_argument("--sleep", type=float, default=_SLEEP_SECONDS)
    parser.add_argument("--nodes", action="store_true")
    options = parser.parse_args()
    if options.nodes:
        nodes.measure(options.points or _REAL_POINTS)
        return
    print(f"| {' | '.join(_TITLES)} |\n{'|---' * len(_TITLES)}|")
    for slots in options.slots:
        print(_line(options.points or _POINTS, slots, options.sleep), flush=True)


def _line(points: int, slots: int, sleep: float) -> str:
    with tempfile.TemporaryDirectory(prefix="s") as name:
        folder = Path(name)
        process = _sweep(folder, points, slots, sleep)
        runs = store_in(folder).of_kind(Kind.POINT)
        ends = sorted(run.ended or 0 for run in runs)
        # From the first point's end on: processes have started by then.
        span = (ends[-1] - ends[0]) / 1000 / (len(runs) - 1)
        cells = (
            *(f"{len(runs):,}", f"{slots}", f"{1 / span:.1f}"),
            f"{1000 * (span * slots - sleep):.0f} ms",
            f"{1000 * mean(run.metrics[STORE_SECONDS] for run in runs):.0f} ms",
            f"{1000 * process.cpu / len(runs):.1f} ms",
            f"{process.memory / 1e6:.0f} MB",
        )
        return f"| {' | '.join(cells)} |"


def _sweep(folder: Path, points: int, slots: int, sleep: float) -> Process:
    """Run a sweep, and look at its process until all points are logged."""
    grid = ["schedule=constant,polynomial", f"schedule.epochs=range(1,{1 + points // 2})"]
    ray = ["hydra/launcher=ray", f"hydra.launcher.n_jobs={slots}"]
    data = ["dataset=npz", f"dataset.path={write_toy(folder)}"]
    command = [sys.executable, "-m", "benchmarks.scale.idle_points", "-m", *grid, *ray, *data]
    environment = {**os.environ, SLEEP: str(sleep)}
    with (folder / "output").open("w", encoding="utf-8") as output:
        started = subprocess.Popen(
            [*command, *settings_within(folder)],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        seen = _watched(psutil.Process(started.pid), folder / "output", points)
        started.wait()
    return seen


def _watched(process: psutil.Process, output: Path, points: int) -> Process:
    """Look at a process from the first point's end to the last one's."""
    seen, before = Process(0.0, 0), 0.0
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        times, memory = process.cpu_times(), process.memory_info().rss
        text = output.read_text(encoding="utf-8")
        now = times.user + times.system
        if f" of {points} points done)" not in text.partition("started: ")[2]:
            before = now
        seen = Process(now - before, max(seen.memory, memory))
        if f"({points} of {points} points done)" in text:
            break
        time.sleep(_LOOK_SECONDS)
    return seen


if __name__ == "__main__":
    main()
