"""A machine without a baseline takes its weights from the store, and none that were changed."""

import json
from pathlib import Path

from runner.tracking.tags import WEIGHTS
from tests.helpers.project import Command
from tests.helpers.stores import file_of, runs_in
from tests.helpers.tiny import quick

_FINAL = "schedule.final_sparsity"


def _weights(cache: Path) -> str:
    (record,) = cache.glob("baselines/*/record.json")
    return str(json.loads(record.read_text())["sha256"])


def test_another_machine_takes_them_from_the_store(
    command: Command, npz: Path, tmp_path: Path
) -> None:
    few = [*quick(npz), "export.targets=[h5]"]
    first = command(*few, f"{_FINAL}=0.5", "cache.folder=one")
    assert "training 3 epochs" in first.stdout
    (baseline,) = runs_in(tmp_path, "baseline")
    assert baseline.tags[WEIGHTS] == _weights(tmp_path / "one")

    second = command(*few, f"{_FINAL}=0.6", "cache.folder=two")
    assert f"taken from run {baseline.id}" in second.stdout
    assert "training 3 epochs" not in second.stdout
    assert _weights(tmp_path / "two") == baseline.tags[WEIGHTS]
    assert len(runs_in(tmp_path, "baseline")) == 1

    changed = file_of(tmp_path, baseline, "baseline/model.h5")
    changed.write_bytes(changed.read_bytes()[:-1] + b"x")
    third = command(*few, f"{_FINAL}=0.7", "cache.folder=three")
    assert third.returncode == 0
    assert "not taken from the store: the baseline in the store is not what was" in third.stdout
    assert "training 3 epochs" in third.stdout
    # On one kind of processor, training comes to the same.
    assert _weights(tmp_path / "three") == baseline.tags[WEIGHTS]
