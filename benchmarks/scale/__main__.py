"""Print what points that only sleep and log cost on a local Ray cluster, by slots.

    python -m benchmarks.scale [--points N] [--slots N ...] [--rate POINTS]
    python -m benchmarks.scale --nodes [--points N]

A slot runs one point at a time. With any number of slots, so many points a second are asked of all
together; with a rate that is out of reach, they come as fast as they can. The sweeper, the launcher
and the store (SQLite) are the runner's own. Processes start during the first tenth of the points,
which counts in no figure. Where two stand, one is of the second tenth, and one of the last. With
`--nodes`: what real points take on two simulated nodes, and on one.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import mean

import psutil

from benchmarks.fixtures.sweep_folder import settings_within, store_in
from benchmarks.fixtures.toy_dataset import write_toy
from benchmarks.scale import nodes
from benchmarks.scale.idle_points import CPU_SECONDS, PERIOD, SLEEP_SECONDS, STORE_SECONDS
from benchmarks.scale.scheduler import Scheduler, watch
from runner.tracking import Kind, Record

_POINTS, _SLOTS, _RATE = 10_000, (2, 4, 8, 16), 8.0
_REAL_POINTS = 64
_EARLY, _LATE = (0.1, 0.2), (0.9, 1.0)
_TITLES = (
    *("points", "slots", "points a second", "besides its sleep, a point", "store, a point"),
    *("worker: CPU, a point", "scheduler: CPU, a point", "scheduler: memory"),
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale")
    parser.add_argument("--points", type=int)
    parser.add_argument("--slots", type=int, nargs="+", default=_SLOTS)
    parser.add_argument("--rate", type=float, default=_RATE, help="points a second asked for")
    parser.add_argument("--nodes", action="store_true")
    options = parser.parse_args()
    if options.nodes:
        nodes.measure(options.points or _REAL_POINTS)
        return
    print(f"| {' | '.join(_TITLES)} |\n{'|---' * len(_TITLES)}|")
    for slots in options.slots:
        print(_line(options.points or _POINTS, slots, slots / options.rate), flush=True)


def _line(points: int, slots: int, period: float) -> str:
    with tempfile.TemporaryDirectory(prefix="s") as name:
        folder = Path(name)
        scheduler = _sweep(folder, points, slots, period)
        runs = sorted(store_in(folder).of_kind(Kind.POINT), key=lambda run: run.ended or 0)
    parts = [runs[round(a * len(runs)) : round(b * len(runs))] for a, b in (_EARLY, _LATE)]
    later = runs[round(_EARLY[0] * len(runs)) :]
    span = ((later[-1].ended or 0) - (later[0].ended or 0)) / 1000 / (len(later) - 1)
    cells = (
        *(f"{len(runs):,}", f"{slots}", f"{1 / span:.1f}"),
        f"{1000 * (span * slots - _mean(later, SLEEP_SECONDS)):.0f} ms",
        _pair([1000 * _mean(some, STORE_SECONDS) for some in parts], "ms"),
        _pair([1000 * _mean(some, CPU_SECONDS) for some in parts], "ms"),
        _pair([1000 * scheduler.cpu_a_point(*share) for share in (_EARLY, _LATE)], "ms"),
        _pair([scheduler.memory(end) / 1e6 for _, end in (_EARLY, _LATE)], "MB"),
    )
    return f"| {' | '.join(cells)} |"


def _mean(runs: list[Record], name: str) -> float:
    return mean(run.metrics[name] for run in runs if name in run.metrics)


def _pair(values: list[float], unit: str) -> str:
    return f"{', '.join(f'{value:.0f}' for value in values)} {unit}"


def _sweep(folder: Path, points: int, slots: int, period: float) -> Scheduler:
    """Run a sweep, and look at its process until all points are logged."""
    grid = ["schedule=constant,polynomial", f"schedule.epochs=range(1,{1 + points // 2})"]
    ray = ["hydra/launcher=ray", f"hydra.launcher.n_jobs={slots}"]
    data = ["dataset=npz", f"dataset.path={write_toy(folder)}"]
    command = [sys.executable, "-m", "benchmarks.scale.idle_points", "-m", *grid, *ray, *data]
    with (folder / "output").open("w", encoding="utf-8") as output:
        started = subprocess.Popen(
            [*command, *settings_within(folder)],
            env={**os.environ, PERIOD: str(period)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        scheduler = watch(psutil.Process(started.pid), folder / "output", points)
        started.wait()
    return scheduler


if __name__ == "__main__":
    main()
