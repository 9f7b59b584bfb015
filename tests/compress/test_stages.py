"""What a point keeps of its stages when a later one goes wrong, by the real command line."""

import csv
from pathlib import Path

import pytest

from runner.backend import keras, make_repeatable
from runner.compress import StageBroke, compress
from runner.compress.stages import Stage
from runner.data.dataset import Dataset
from runner.models.architectures import build
from runner.settings import CompressSettings
from runner.training.train import Diverged
from tests.helpers.project import Command
from tests.helpers.stores import file_of, runs_in
from tests.helpers.tiny import quick, tiny_dataset

SETTINGS = {"name": "cluster_qat", "clusters": 4, "epochs": 1, "batch_size": 8, "shuffle": True}


@pytest.fixture
def tiny(tmp_path: Path) -> Dataset:
    return tiny_dataset(tmp_path)


@pytest.fixture
def model(tiny: Dataset) -> keras.Model:
    make_repeatable(0, 1)
    return build("mnist_cnn", tiny.shape, tiny.classes)


def test_training_that_diverges_says_so(model: keras.Model, tiny: Dataset) -> None:
    settings = CompressSettings.model_validate({**SETTINGS, "learning_rate": 1e30, "epochs": 3})
    with pytest.raises(Diverged, match=r"not a number; the learning rate, 1e\+30, may be too high"):
        compress(model, tiny, settings, {})


def test_a_stage_is_told_before_it_is_judged(
    model: keras.Model, tiny: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(name: str, *_: object) -> None:
        raise StageBroke(name)

    monkeypatch.setattr("runner.compress.stages.require_zeros_and_clusters", broken)
    settings = CompressSettings.model_validate({**SETTINGS, "learning_rate": 0.001})
    told: list[Stage] = []
    with pytest.raises(StageBroke, match="cluster"):
        compress(model, tiny, settings, {}, told.append)
    assert [stage.name for stage in told] == ["cluster"]
    assert len(told[0].history["val_accuracy"]) == 1


@pytest.mark.long
def test_a_failed_point_keeps_the_stages_before(
    command: Command, npz: Path, tmp_path: Path
) -> None:
    quickly = [*quick(npz), "architecture=mnist_cnn", "export.targets=[h5]"]
    done = command(*quickly, "compress=qat", "compress.learning_rate=1e30", "compress.epochs=3")
    assert done.returncode == 1
    assert "training diverged" in done.stderr.splitlines()[-1]
    (point,) = runs_in(tmp_path, "point")
    assert point.status == "FAILED"
    assert point.metrics["sparsity"] == pytest.approx(0.8, abs=0.01)
    assert point.metrics["seconds/training"] > 0
    lines = csv.DictReader(file_of(tmp_path, point, "stages.csv").read_text().splitlines())
    assert {line["stage"] for line in lines} == {"prune"}


@pytest.mark.long
def test_points_with_different_targets_complete_one_table(
    command: Command, npz: Path, tmp_path: Path
) -> None:
    targets = "export.targets=[h5,tflite_float32],[h5,tflite_float16]"
    done = command("-m", *quick(npz), "architecture=mnist_cnn", targets, "hydra.launcher.n_jobs=2")
    assert done.returncode == 0, done.stderr
    (baseline,) = runs_in(tmp_path, "baseline")
    head = file_of(tmp_path, baseline, "layers.csv").read_text().splitlines()[0]
    columns = {name for name in head.split(",") if name.startswith("bytes/")}
    assert columns == {"bytes/h5", "bytes/tflite_float32", "bytes/tflite_float16"}
    assert all(baseline.has_file(name.removeprefix("bytes/")) for name in columns)
    head = file_of(tmp_path, baseline, "classes.csv").read_text().splitlines()[0]
    assert {f"accuracy/{name.removeprefix('bytes/')}" for name in columns} <= set(head.split(","))


@pytest.mark.long
def test_settings_that_do_not_count_are_not_shown(
    command: Command, npz: Path, tmp_path: Path
) -> None:
    grid = ["compress=none,qat,cluster", "compress.clusters=4,8", "compress.epochs=1"]
    done = command("-m", *quick(npz), *grid, "architecture=mnist_cnn", "export.targets=[h5]")
    assert done.returncode == 0, done.stderr
    points = {run.name: run.params for run in runs_in(tmp_path, "point")}
    assert set(points) == {
        "compress=none",
        "compress=qat",
        "compress=cluster clusters=4",
        "compress=cluster clusters=8",
    }
    assert "compress.clusters" not in points["compress=qat"]
    assert "compress.epochs" not in points["compress=none"]
