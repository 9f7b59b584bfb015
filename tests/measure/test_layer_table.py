import csv

import numpy as np
import pytest

from runner.backend import keras, make_repeatable
from runner.measure.layer_table import layers_csv, stages_csv
from runner.models import architectures
from runner.prune.sparsity import measure_sparsity


@pytest.fixture
def model() -> keras.Model:
    make_repeatable(0, 1)
    built = architectures.build("mnist_cnn", (8, 8, 1), 3)
    kernel = built.get_layer("conv").kernel
    values = np.resize([0, 0, 0.5, 1], kernel.shape)
    kernel.assign(values)
    return built


def _lines(table: str) -> dict[tuple[str, str], dict[str, str]]:
    return {(line["layer"], line["weight"]): line for line in csv.DictReader(table.splitlines())}


def test_every_weight_has_a_line(model: keras.Model) -> None:
    lines = _lines(layers_csv(model, measure_sparsity(model, {"conv": 0.5}), {}))
    assert list(lines) == [
        ("conv", "kernel"),
        ("conv", "bias"),
        ("output", "kernel"),
        ("output", "bias"),
    ]
    conv = lines["conv", "kernel"]
    assert conv["shape"] == "3x3x1x12"
    assert conv["parameters"] == "108"
    assert conv["zeros"] == "54"
    assert conv["distinct"] == "3"
    assert (conv["prunable"], conv["asked"]) == ("True", "0.5")
    assert (lines["output", "kernel"]["prunable"], lines["output", "kernel"]["asked"]) == (
        "True",
        "",
    )
    assert lines["output", "bias"]["prunable"] == "False"


def test_bytes_stand_in_a_column_for_each_file(model: keras.Model) -> None:
    layers = measure_sparsity(model, {})
    first = layers_csv(model, layers, {"h5": {("conv", "kernel"): 432, ("conv", "bias"): 48}})
    later = layers_csv(model, layers, {"tflite_int8": {("conv", "kernel"): 108}}, first)
    conv, bias = (_lines(later)["conv", each] for each in ("kernel", "bias"))
    assert (conv["bytes/h5"], conv["bytes/tflite_int8"]) == ("432", "108")
    assert (bias["bytes/h5"], bias["bytes/tflite_int8"]) == ("48", "")
    again = layers_csv(model, layers, {"h5": {("conv", "kernel"): 433}}, later)
    assert _lines(again)["conv", "kernel"]["bytes/h5"] == "433"


def test_stages_are_told_one_after_the_other(model: keras.Model) -> None:
    layers = measure_sparsity(model, {})
    lines = list(csv.DictReader(stages_csv({"prune": layers, "cluster": layers}).splitlines()))
    assert [line["stage"] for line in lines] == ["prune", "prune", "cluster", "cluster"]
    assert lines[2]["distinct"] == "3"
