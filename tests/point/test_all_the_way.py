"""A model of one's own goes in as a file; its files, and what they say themselves, come out."""

import csv
from pathlib import Path

import numpy as np
import pytest

from runner.backend import keras, make_repeatable
from runner.settings.targets import Target
from tests.helpers.flatbuffer import weights
from tests.helpers.project import Command
from tests.helpers.stores import file_of, runs_in
from tests.helpers.tiny import quick, write_npz

layers = keras.layers
CLUSTERS = 8


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A functional model with a residual, a depthwise convolution and batch normalisation."""
    make_repeatable(0, 1)
    image = layers.Input((8, 8), name="picture")
    first = layers.Reshape((8, 8, 1), name="channel")(image)
    first = layers.Conv2D(8, 3, padding="same", use_bias=False, name="conv")(first)
    first = layers.ReLU(name="relu")(layers.BatchNormalization(momentum=0.6, name="norm")(first))
    beside = layers.DepthwiseConv2D(3, padding="same", use_bias=False, name="depthwise")(first)
    beside = layers.BatchNormalization(momentum=0.6, name="depthwise_norm")(beside)
    added = layers.Add(name="add")([first, beside])
    rows = layers.Flatten(name="rows")(layers.MaxPooling2D(2, name="pool")(added))
    hidden = layers.Dense(16, activation="relu", name="hidden")(rows)
    model = keras.Model(image, layers.Dense(3, name="logits")(hidden))
    path = tmp_path_factory.mktemp("own") / "residual.h5"
    model.save(path, save_format="h5")
    return path


@pytest.mark.long
def test_a_residual_model_goes_all_the_way(command: Command, saved: Path, tmp_path: Path) -> None:
    npz = write_npz(tmp_path / "tiny.npz")
    own = ["architecture=keras_file", f"architecture.path={saved}", *quick(npz)]
    stages = ["compress=cluster_qat", f"compress.clusters={CLUSTERS}", "compress.batch_size=8"]
    done = command(*own, *stages, "export=all", "compress.learning_rate=0.003")
    assert done.returncode == 0, done.stderr
    (point,), (baseline,) = (runs_in(tmp_path, kind) for kind in ("point", "baseline"))
    assert baseline.name == "baseline residual on npz"
    for run in (point, baseline):
        clustered = run is point
        assert all(run.has_file(each) for each in Target if clustered or each != "tflm_lut_int8")
    assert point.metrics["accuracy/tflite_int8"] > 0.8
    assert point.metrics["sparsity"] >= 0.79
    table = file_of(tmp_path, point, "layers.csv").read_text()
    kernels = {
        line["layer"]: line
        for line in csv.DictReader(table.splitlines())
        if line["prunable"] == "True"
    }
    assert set(kernels) == {"conv", "hidden", "logits"}
    for line in kernels.values():
        assert int(line["distinct"]) <= CLUSTERS
        assert all(int(line[f"bytes/{target}"]) > 0 for target in Target)
    path = file_of(tmp_path, point, f"models/{Target.TFLITE_INT8.file_name}")
    (hidden,) = (each for each in weights(path) if each.shape == (16, 128))
    assert hidden.dtype == np.int8
    assert hidden.values is not None
    assert np.count_nonzero(hidden.values == 0) >= int(kernels["hidden"]["zeros"])
    assert len(np.unique(hidden.values)) <= CLUSTERS
    lines = csv.DictReader(file_of(tmp_path, point, "stages.csv").read_text().splitlines())
    assert list(dict.fromkeys(line["stage"] for line in lines)) == ["prune", "cluster", "qat"]
    text = file_of(tmp_path, point, "summary.txt").read_text()
    assert "prune_low_magnitude_conv" in text
    assert "cluster_conv" in text
    assert "quant_conv" in text
