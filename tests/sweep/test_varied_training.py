"""Settings of training, all at once, in a sweep that is killed in the middle and gone on with."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.helpers.hanging import HANGS_AFTER, read_until
from tests.helpers.processes import end_tree
from tests.helpers.stores import artifacts_in, figures_in, runs_in
from tests.helpers.tiny import quick

Start = Callable[[Path], "subprocess.Popen[str]"]
_FALLING = ("learning_rate_schedule=cosine", "warmup_epochs=0.5", "class_weights=balanced")
SETTINGS = [
    *("augment.shift=1", "augment.flip=both", "augment.rotation=0.02", "augment.zoom=0.1"),
    *("augment.brightness=0.1", "augment.contrast=0.1"),
    *(f"baseline.{each}" for each in _FALLING),
    *("baseline.epochs=4", "baseline.early_stopping=1"),
    *(f"channels.{each}" for each in _FALLING),
    *("channels.share=0.5", "channels.early_stopping=1"),
    *("schedule.optimizer=sgd", "schedule.learning_rate=0.05", "schedule.distill=true"),
    *("schedule.learning_rate_schedule=exponential", "schedule.epochs=4", "schedule.end=0.5"),
    "schedule.early_stopping=1",
    *(f"compress.{each}" for each in _FALLING),
    *("compress=cluster", "compress.optimizer=sgd", "compress.early_stopping=1"),
    *("export.targets=[h5]", "hydra.launcher.n_jobs=1"),
]


@pytest.fixture
def start(npz: Path) -> Iterator[Start]:
    """Start the sweep in a folder; whatever is left of it is killed at the end."""
    processes: list[subprocess.Popen[str]] = []

    def run(folder: Path) -> "subprocess.Popen[str]":
        folder.mkdir(exist_ok=True)
        command = [sys.executable, "-m", "runner", "-m", *quick(npz), *SETTINGS]
        process = subprocess.Popen(
            [*command, "schedule.final_sparsity=0.5,0.6"],
            cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        processes.append(process)
        return process

    yield run
    for process in processes:
        end_tree(process)


@pytest.mark.long
def test_a_killed_sweep_comes_out_as_an_undisturbed_one(start: Start, tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    out, _ = start(whole).communicate(timeout=HANGS_AFTER)
    (sweep,) = runs_in(whole, "sweep")
    assert sweep.status == "FINISHED", out
    process = start(killed)
    read_until(process, "started: final_sparsity=0.6")
    end_tree(process)
    again, _ = start(killed).communicate(timeout=HANGS_AFTER)
    assert "1 of 2 points done" in again
    for kind in ("baseline", "point"):
        assert figures_in(killed, kind) == figures_in(whole, kind)
        assert artifacts_in(killed, kind) == artifacts_in(whole, kind)
    assert len(figures_in(whole, "point")) == 2
