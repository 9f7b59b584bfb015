"""Print what points that only sleep and log cost on a local Ray cluster, by slots.

    python -m benchmarks.scale [--points N] [--slots N ...] [--rate POINTS] [--server]
    python -m benchmarks.scale --nodes [--points N]

A slot runs one point at a time. With any number of slots, so many points a second are asked of all
together; with a rate that is out of reach, they come as fast as they can. The sweeper, the launcher
and the store are the runner's own; with `--server` the store is a tracking server in place of a
file. Processes start during the first tenth of the points, which counts in no figure. Where two
stand, one is of the second tenth, and one of the last. With `--nodes`: what real points take on two
simulated nodes, and on one.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import psutil

from benchmarks.fixtures.sweep_folder import settings_within, store_in
from benchmarks.fixtures.toy_dataset import write_toy
from benchmarks.scale import nodes
from benchmarks.scale.idle_points import PERIOD, SLEEP_SECONDS
from benchmarks.scale.pace import CPU_SECONDS, STORE_SECONDS
from benchmarks.scale.scheduler import Scheduler, watch
from benchmarks.scale.server import Server, running_server
from runner.tracking import Kind, Record, Store

_POINTS, _SLOTS, _RATE = 10_000, (2, 4, 8, 16), 9.0
_REAL_POINTS = 64
# A tenth of the points then has figures of every process.
_LEAST = 50
_EARLY, _LATE = (0.1, 0.2), (0.9, 1.0)
# After the last point the report is made, which reads all of them.
_MEMORY = (0.2, 0.99)
_TITLES = (
    *("points", "slots", "points a second", "besides its sleep, a point", "store, a point"),
    *("worker: CPU, a point", "scheduler: CPU, a point", "server: CPU, a point"),
    "scheduler: memory",
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale")
    parser.add_argument("--points", type=int)
    parser.add_argument("--slots", type=int, nargs="+", default=_SLOTS)
    parser.add_argument("--rate", type=float, default=_RATE, help="points a second asked for")
    parser.add_argument("--server", action="store_true")
    parser.add_argument("--nodes", action="store_true")
    options = parser.parse_args()
    if options.nodes:
        nodes.measure(options.points or _REAL_POINTS)
        return
    print(f"| {' | '.join(_TITLES)} |\n{'|---' * len(_TITLES)}|")
    points = options.points or _POINTS
    if points < _LEAST * max(options.slots):
        parser.error(f"--points={points}: must be {_LEAST} a slot at least")
    for slots in options.slots:
        load = Load(points, slots, slots / options.rate)
        print(_line(load, *_measure(load, options.server)), flush=True)


@dataclass(frozen=True)
class Load:
    """What is asked of a sweep: so many points, and one of each slot in so many seconds."""

    points: int
    slots: int
    period: float


def _measure(load: Load, with_server: bool) -> tuple[Scheduler, list[Record]]:
    """Run a sweep, and return what its process took, and the runs of its points as they ended."""
    with tempfile.TemporaryDirectory(prefix="s") as name:
        folder = Path(name)
        with running_server(folder) if with_server else nullcontext() as server:
            store = Store(server.address, "sparsity") if server else store_in(folder)
            scheduler = _sweep(folder, load, server)
            runs = store.of_kind(Kind.POINT)
    return scheduler, sorted(runs, key=lambda run: run.ended or 0)


def _line(load: Load, scheduler: Scheduler, runs: list[Record]) -> str:
    parts = [runs[round(a * len(runs)) : round(b * len(runs))] for a, b in (_EARLY, _LATE)]
    later = runs[round(_EARLY[0] * len(runs)) :]
    span = ((later[-1].ended or 0) - (later[0].ended or 0)) / 1000 / (len(later) - 1)
    cells = (
        *(f"{len(runs):,}", f"{load.slots}", f"{1 / span:.1f}"),
        f"{1000 * (span * load.slots - _mean(later, SLEEP_SECONDS)):.0f} ms",
        _pair([1000 * _mean(some, STORE_SECONDS) for some in parts], "ms"),
        _pair([1000 * _mean(some, CPU_SECONDS) for some in parts], "ms"),
        _pair([1000 * scheduler.cpu_a_point(*share) for share in (_EARLY, _LATE)], "ms"),
        _pair([1000 * scheduler.server_cpu_a_point(*share) for share in (_EARLY, _LATE)], "ms")
        if scheduler.has_server
        else "-",
        _pair([scheduler.memory(share) / 1e6 for share in _MEMORY], "MB"),
    )
    return f"| {' | '.join(cells)} |"


def _mean(runs: list[Record], name: str) -> float:
    return mean(run.metrics[name] for run in runs if name in run.metrics)


def _pair(values: list[float], unit: str) -> str:
    return f"{', '.join(f'{value:.0f}' for value in values)} {unit}"


def _sweep(folder: Path, load: Load, server: Server | None) -> Scheduler:
    """Run a sweep, and look at its process until all points are logged."""
    grid = ["schedule=constant,polynomial", f"schedule.epochs=range(1,{1 + load.points // 2})"]
    ray = ["hydra/launcher=ray", f"hydra.launcher.n_jobs={load.slots}"]
    data = ["dataset=npz", f"dataset.path={write_toy(folder)}"]
    store = [f"tracking.uri={server.address}"] if server else []
    command = [sys.executable, "-m", "benchmarks.scale.idle_points", "-m", *grid, *ray, *data]
    with (folder / "output").open("w", encoding="utf-8") as output:
        started = subprocess.Popen(
            [*command, *settings_within(folder), *store],
            env={**os.environ, PERIOD: str(load.period)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        cpu = server.cpu_seconds if server else lambda: 0.0
        scheduler = watch(psutil.Process(started.pid), folder / "output", load.points, cpu)
        started.wait()
    return scheduler


if __name__ == "__main__":
    main()
