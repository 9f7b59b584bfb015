"""Write a store of many sweeps and points, and print how long reading it takes.

python -m benchmarks.large_store [SWEEPS] [POINTS] [--keep FOLDER]
"""

import argparse
import shlex
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.fixtures.python_command import run_python
from benchmarks.fixtures.random_points import EPOCHS
from benchmarks.fixtures.random_runs import RandomRuns, Sample
from benchmarks.fixtures.sweep_folder import settings_within, store_in
from benchmarks.fixtures.toy_dataset import write_toy
from runner.data import dataset
from runner.settings import DatasetSettings
from runner.tracking import Kind

_REAL = "real"
_TIMES = 3


def main() -> None:
    """Make the store, run the commands and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.large_store")
    parser.add_argument("sweeps", nargs="?", type=int, default=5, metavar="SWEEPS")
    parser.add_argument("points", nargs="?", type=int, default=200, metavar="POINTS")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="make the store there, to stay")
    arguments = parser.parse_args()
    with _folder(arguments.keep) as folder:
        if (folder / "mlflow.db").exists():
            parser.error(f"--keep={folder}: must be a folder without a store")
        started = time.monotonic()
        names = RandomRuns(store_in(folder), _sample(folder)).write(
            arguments.sweeps, arguments.points
        )
        seconds = time.monotonic() - started
        print(
            f"{arguments.sweeps} sweeps of {arguments.points} points, written in {seconds:.0f} s\n"
        )
        _print(folder, names)


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep.absolute()
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def _sample(folder: Path) -> Sample:
    """Run a small real sweep, in an experiment of its own."""
    path = write_toy(folder)
    run_python([
        "-m", "runner", "-m", "dataset=npz", f"dataset.path={path}", "architecture=mnist_cnn",
        "baseline.epochs=1", f"schedule.epochs={EPOCHS}", "schedule.initial_sparsity=0.5",
        "schedule.final_sparsity=0.6,0.9", f"tracking.experiment={_REAL}", *settings_within(folder),
    ])  # fmt: skip
    store = store_in(folder, _REAL)
    sweep, point, baseline = (
        store.of_kind(kind)[0] for kind in (Kind.SWEEP, Kind.POINT, Kind.BASELINE)
    )
    settings = DatasetSettings(name="npz", path=path, validation_share=0.1)
    images = dataset.load(settings, folder)
    return Sample(sweep, point, baseline, images, Path(store.local_file(point, "")))


def _print(folder: Path, names: Sequence[str]) -> None:
    imported = ["-c", "import runner.tracking; runner.tracking.preload()"]
    # What is not in memory yet would count as import.
    _seconds(imported)
    imports = _seconds(imported)
    print("| command | seconds beside imports |\n|---|---|")
    for command in _commands(names):
        store = ["--tracking-uri", store_in(folder).uri]
        seconds = _seconds(["-m", *command, *store], folder)
        print(f"| `python -m {shlex.join(command)}` | {seconds - imports:.1f} |")


def _commands(names: Sequence[str]) -> list[list[str]]:
    first = names[0]
    return [
        ["runner.best", "latest"],
        ["runner.best", first, "--target", "tflite_int8", "--output", "chosen.tflite"],
        ["runner.report", first],
        ["runner.report", first, "--output", "one"],
        ["runner.report", *names, "--output", "all"],
    ]


def _seconds(command: Sequence[str], folder: Path | None = None) -> float:
    """Return the median seconds of a whole process."""
    seconds = []
    for _ in range(_TIMES):
        started = time.monotonic()
        run_python(command, folder)
        seconds.append(time.monotonic() - started)
    return statistics.median(seconds)


if __name__ == "__main__":
    main()
