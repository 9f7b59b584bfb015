"""Settings of training, all at once, in a sweep that is killed in the middle and gone on with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.hanging import HANGS_AFTER, read_until
from tests.helpers.interrupted import Start, require_alike, starting
from tests.helpers.processes import end_tree
from tests.helpers.stores import figures_in, runs_in
from tests.helpers.tiny import quick
from tests.helpers.varied_training import FALLING, VARIED

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
    command = ["-m", "runner", "-m", *quick(npz), *SETTINGS, "schedule.final_sparsity=0.5,0.6"]
    with starting(lambda _: command) as run:
        yield run


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
    require_alike(killed, whole)
    assert len(figures_in(whole, "point")) == 2
