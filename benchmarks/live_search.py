"""Time the search on MNIST from nothing, beside the whole grid and one script for each point.

    RUNNER_DATA=FOLDER python -m benchmarks.live_search

One script for each number of epochs is timed; the scripts of all points are taken to need as long.
"""

import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.fixtures.python_command import run_python
from benchmarks.fixtures.sweep_folder import settings_within
from runner.report.best_file import BestFile
from runner.report.sweep import load

_FINAL = (0.5, 0.7, 0.8, 0.85, 0.9, 0.92, 0.94, 0.96, 0.97, 0.98)
_INITIAL = (0.0, 0.5)
_EPOCHS = (1, 2, 4)
_POINTS = len(_FINAL) * len(_INITIAL) * len(_EPOCHS)
_AXES = [
    f"schedule.final_sparsity={','.join(map(str, _FINAL))}",
    f"schedule.initial_sparsity={','.join(map(str, _INITIAL))}",
    f"schedule.epochs={','.join(map(str, _EPOCHS))}",
]


@dataclass(frozen=True)
class Decision:
    """What one way to decide took, and what it chose.

    Attributes:
        seconds: of the clock, from the command to its end.
        words: points that were run, and the choice.
    """

    way: str
    seconds: float
    words: str


def main() -> None:
    """Measure and print."""
    data = Path(os.environ["RUNNER_DATA"]) / "mnist.npz"
    search = _sweep("+search=adaptive", ["+search=adaptive"])
    grid = _sweep("the grid", [])
    scripts = Decision("a script a point", _scripts(data), f"{_POINTS} points")
    print(f"\n| MNIST, mnist_cnn, {_POINTS} settings | time | times the search's | |")
    print("|---|---|---|---|")
    for decision in (search, grid, scripts):
        ratio = decision.seconds / search.seconds
        print(f"| {decision.way} | {decision.seconds:.0f} s | {ratio:.1f} | {decision.words} |")


def _sweep(way: str, settings: Sequence[str]) -> Decision:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        command = ["-m", "runner", "+sweep=mnist", *_AXES, *settings]
        started = time.monotonic()
        run_python([*command, *settings_within(folder)])
        seconds = time.monotonic() - started
        sweep = load(tracking_uri=f"sqlite:///{folder}/mlflow.db")
        return Decision(
            way, seconds, f"{sweep.rows['run_id'].nunique() - 1} points: {_words(sweep.best())}"
        )


def _words(file: BestFile) -> str:
    return (
        f"{file.target} of {file.point}, {file.zip_bytes:,.0f} B zipped, "
        f"validation {file.validation_accuracy:.2%}, test {file.accuracy:.2%}"
    )


def _scripts(data: Path) -> float:
    seconds = 0.0
    for epochs in _EPOCHS:
        started = time.monotonic()
        point = [str(data), "0.5", "0.9", str(epochs)]
        run_python(["-m", "benchmarks.fixtures.notebook_script", *point])
        seconds += time.monotonic() - started
    return seconds * _POINTS / len(_EPOCHS)


if __name__ == "__main__":
    main()
