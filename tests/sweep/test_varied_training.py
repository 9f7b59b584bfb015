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
from tests.helpers.varied_training import FALLING, VARIED

Start = Callable[[Path], "subprocess.Popen[str]"]
SETTINGS = [
    *VARIED,
    *(f"channels.{setting}" for setting in FALLING),
    *("channels.share=0.5", "channels.early_stopping=1"),
    *(f"compress.{setting}" for setting in FALLING),
    *("compress=cluster", "compress.optimizer=sgd", "compress.early_stopping=1"),
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
