"""What changes while a sweep runs is said, and makes no second model of the sweep's."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from runner.backend import make_repeatable
from tests.helpers.hanging import HANGS_AFTER, read_until
from tests.helpers.own_models import classifier, layers, save
from tests.helpers.project import Command
from tests.helpers.stores import runs_in, store_in
from tests.helpers.tiny import quick

POINTS = "schedule.final_sparsity=0.5,0.6,0.7"


@pytest.mark.long
def test_a_model_that_is_replaced_during_a_sweep_ends_it_and_put_back_goes_on(
    npz: Path, tmp_path: Path, command: Command
) -> None:
    make_repeatable(1, 1)
    path = save(classifier(), tmp_path / "own.h5")
    other = save(classifier(layers.Flatten(), layers.Dense(5)), tmp_path / "other.h5")
    shutil.copy(path, tmp_path / "kept.h5")
    own = ["architecture=keras_file", f"architecture.path={path}", "architecture.check_scale=false"]
    typed = ["-m", *quick(npz), *own, "export.targets=[h5]", POINTS, "hydra.launcher.n_jobs=1"]
    process = subprocess.Popen(
        [sys.executable, "-m", "runner", *typed], cwd=tmp_path,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    read_until(process, "finished: final_sparsity=0.5")
    other.replace(path)
    out, _ = process.communicate(timeout=HANGS_AFTER)
    assert process.returncode == 1, out
    (line,) = (each for each in out.splitlines() if "failed: final_sparsity=0.7" in each)
    assert f"the model (architecture.path={path}) has changed since the sweep began" in line
    assert "Traceback" not in out
    (sweep,) = runs_in(tmp_path, "sweep")
    ended = {run.name: run.status for run in store_in(tmp_path).children(sweep.id)}
    assert ended["final_sparsity=0.5"] == "FINISHED"
    assert ended["final_sparsity=0.7"] == "FAILED"

    shutil.copy(tmp_path / "kept.h5", path)
    again = command(*typed)
    assert again.returncode == 0, again.stdout + again.stderr
    assert "resuming final_sparsity: " in again.stdout + again.stderr
    assert len(runs_in(tmp_path, "baseline")) == 1
    points = store_in(tmp_path).children(sweep.id)
    assert {run.status for run in points} == {"FINISHED"}
    assert len(points) == 3
