"""Settings of training in a night that is killed in the middle and gone on with."""

import json
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.helpers.hanging import HANGS_AFTER, read_until
from tests.helpers.processes import end_tree
from tests.helpers.stores import artifacts_in, figures_in, runs_in
from tests.helpers.tiny import quick
from tests.helpers.varied_training import VARIED

Start = Callable[[Path], "subprocess.Popen[str]"]


@pytest.fixture
def start(npz: Path) -> Iterator[Start]:
    """Start the night in a folder; whatever is left of it is killed at the end."""
    processes: list[subprocess.Popen[str]] = []
    sweep = shlex.join([*quick(npz), *VARIED, "schedule.final_sparsity=0.5,0.6"])

    def run(folder: Path) -> "subprocess.Popen[str]":
        folder.mkdir(exist_ok=True)
        config = {"experiment": "sparsity", "folder": f"{folder}/out", "sweeps": [sweep], "seed": 3}
        (folder / "nightly.yaml").write_text(json.dumps(config))
        process = subprocess.Popen(
            [sys.executable, "-m", "runner.nightly", "--config", "nightly.yaml"],
            cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        processes.append(process)
        return process

    yield run
    for process in processes:
        end_tree(process)


@pytest.mark.long
def test_a_killed_night_comes_out_as_an_undisturbed_one(start: Start, tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    out, _ = start(whole).communicate(timeout=HANGS_AFTER)
    (night,) = runs_in(whole, "nightly")
    assert night.status == "FINISHED", out
    process = start(killed)
    read_until(process, "started: final_sparsity=0.6")
    end_tree(process)
    again, _ = start(killed).communicate(timeout=HANGS_AFTER)
    assert "resuming night" in again
    assert "1 of 2 points done" in again
    for kind in ("baseline", "point"):
        assert figures_in(killed, kind) == figures_in(whole, kind)
        assert artifacts_in(killed, kind) == artifacts_in(whole, kind)
    assert len(figures_in(whole, "point")) == 2
