"""Print how long a sweep of many points takes until its first job starts.

python -m benchmarks.large_grid [POINTS ...]
"""

import argparse
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.fixtures.sweep_folder import settings_within
from benchmarks.fixtures.toy_dataset import write_toy

# With one point, all that is waited for is what every command does: it imports TensorFlow, say.
_NUMBERS = (1, 1_000, 10_000)
_SCHEDULES = "constant,polynomial"
_PAUSE = 0.05


def main() -> None:
    """Start sweeps of these sizes, stop each as its first job starts, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.large_grid")
    parser.add_argument("points", nargs="*", type=int, default=_NUMBERS, metavar="POINTS")
    print("| points | seconds until the first job |\n|---|---|")
    for points in parser.parse_args().points:
        print(f"| {points:,} | {_seconds(points):.1f} |", flush=True)


def _seconds(points: int) -> float:
    """Return the seconds from the start of the command to that of the first job."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        command = [sys.executable, "-m", "runner", "-m", *_arguments(points, folder)]
        started = time.monotonic()
        with _running(command, folder) as process:
            # The first job trains the baseline that all points start from.
            while not any((folder / "out").glob("baselines/*")):
                if process.poll() is not None:
                    sys.exit((folder / "output").read_text(encoding="utf-8"))
                time.sleep(_PAUSE)
            return time.monotonic() - started


def _arguments(points: int, folder: Path) -> list[str]:
    grid = ["schedule=polynomial", "seed=0"]
    if points > 1:
        grid = [f"schedule={_SCHEDULES}", f"schedule.epochs=range(1,{1 + points // 2})"]
    return [
        "dataset=npz",
        f"dataset.path={write_toy(folder)}",
        *grid,
        *settings_within(folder),
    ]


@contextmanager
def _running(command: list[str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command inside the block, and end it as a terminal does."""
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            process.wait()


if __name__ == "__main__":
    main()
