"""Time sweeps on MNIST, compared with one script for each point.

RUNNER_DATA=FOLDER python -m benchmarks.speed
"""

import itertools
import os
import re
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from benchmarks.fixtures.python_command import run_python
from benchmarks.fixtures.sweep_folder import settings_within, store_in
from runner.tracking import Kind

_SWEEP = ["+sweep=mnist", "schedule.epochs=2"]
_NINE = ["schedule.initial_sparsity=0.0,0.3,0.5", "schedule.final_sparsity=0.6,0.8,0.9"]
_TWENTY_SEVEN = "schedule.final_sparsity=0.55,0.6,0.65,0.7,0.75,0.8,0.85,0.9,0.95"


@dataclass(frozen=True)
class Sweep:
    """Seconds of one sweep, from its command on, and from its first point to its last."""

    wall: float
    first_step: float
    span: float
    training: float
    points: int

    def share(self, workers: int) -> float:
        """Return the share of the workers' time that went into training steps."""
        return self.training / (workers * self.span)

    def rest(self, workers: int) -> float:
        """Return a point's seconds of everything that is no training step."""
        return (workers * self.span - self.training) / self.points


def main() -> None:
    """Measure and print."""
    data = Path(os.environ["RUNNER_DATA"]) / "mnist.npz"
    script = _script_seconds(data)
    nine = _sweep([*_NINE])
    more = _sweep([_NINE[0], _TWENTY_SEVEN])
    print("\n| MNIST, mnist_cnn, 2 epochs | a script a point | one sweep | times faster |")
    print("|---|---|---|---|")
    for sweep in (nine, more):
        scripts = script * sweep.points
        print(
            f"| {sweep.points} points | {scripts:.0f} s | {sweep.wall:.0f} s "
            f"| {scripts / sweep.wall:.1f} |"
        )
    _details(nine)


def _details(nine: Sweep) -> None:
    four = ["schedule.initial_sparsity=0.0,0.5", "schedule.final_sparsity=0.6,0.8"]
    one = _sweep([*four, "hydra.launcher.n_jobs=1"])
    two = _sweep([*four, "hydra.launcher.n_jobs=2"])
    long = _sweep([*four, "hydra.launcher.n_jobs=2"], epochs=4)
    print("\n| figure | here |\n|---|---|")
    print(f"| from the command to the first training step | {nine.first_step:.1f} s |")
    print(f"| 1 to 2 workers, 4 points | {one.span / two.span:.2f} times faster |")
    print(f"| workers' time inside training steps, 2 epochs | {two.share(2):.0%} |")
    print(f"| workers' time inside training steps, 4 epochs | {long.share(2):.0%} |")
    print(f"| everything else, a point, 1 worker | {one.rest(1):.1f} s |")
    print(f"| everything else, a point, 2 workers | {two.rest(2):.1f} s |")


def _script_seconds(data: Path) -> float:
    """Run nine scripts, one after the other, and return the mean of their seconds."""
    seconds = []
    for initial, final in itertools.product((0.0, 0.3, 0.5), (0.6, 0.8, 0.9)):
        point = [str(data), str(initial), str(final), "2"]
        started = time.monotonic()
        run_python(["-m", "benchmarks.fixtures.notebook_script", *point])
        seconds.append(time.monotonic() - started)
    print(f"a script a point: {min(seconds):.1f} to {max(seconds):.1f} s, nine measured")
    return sum(seconds) / len(seconds)


def _sweep(settings: Sequence[str], epochs: int = 2) -> Sweep:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        begun = datetime.now().astimezone()
        started = time.monotonic()
        command = ["-m", "runner", *_SWEEP, *settings, *settings_within(folder)]
        run_python([*command, f"schedule.epochs={epochs}"])
        wall = time.monotonic() - started
        return _read(folder, begun, wall)


def _read(folder: Path, begun: datetime, wall: float) -> Sweep:
    points = store_in(folder).of_kind(Kind.POINT)
    first, last = min(point.started for point in points), max(point.ended or 0 for point in points)
    (log,) = folder.glob("out/baselines/*/runner.log")
    (stamp,) = re.findall(
        r"\[(\S+ \S+),(\d+)\]\[runner.training.train\]\[DEBUG\] - epoch 0",
        log.read_text(encoding="utf-8"),
    )
    step = datetime.strptime(".".join(stamp), "%Y-%m-%d %H:%M:%S.%f").astimezone()
    return Sweep(
        wall=wall,
        first_step=(step - begun).total_seconds(),
        span=(last - first) / 1000,
        training=sum(point.metrics["seconds/training"] for point in points),
        points=len(points),
    )


if __name__ == "__main__":
    main()
