"""Settings of training in a night that is killed in the middle and gone on with."""

import json
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.hanging import HANGS_AFTER, read_until
from tests.helpers.interrupted import Start, require_alike, starting
from tests.helpers.processes import end_tree
from tests.helpers.stores import figures_in, runs_in
from tests.helpers.tiny import quick
from tests.helpers.varied_training import VARIED


@pytest.fixture
def start(npz: Path) -> Iterator[Start]:
    """Start the night in a folder; whatever is left of it is killed at the end."""
    sweep = shlex.join([*quick(npz), *VARIED, "schedule.final_sparsity=0.5,0.6"])

    def arguments(folder: Path) -> list[str]:
        config = {"experiment": "sparsity", "folder": f"{folder}/out", "sweeps": [sweep], "seed": 3}
        (folder / "nightly.yaml").write_text(json.dumps(config))
        return ["-m", "runner.nightly", "--config", "nightly.yaml"]

    with starting(arguments) as run:
        yield run


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
    require_alike(killed, whole)
    assert len(figures_in(whole, "point")) == 2
