"""tflite_int4 keeps the biases of channels that pruning has emptied."""

from pathlib import Path

import numpy as np
import pytest

from runner.backend import keras, make_repeatable
from runner.export.convert import export
from runner.export.frozen_model import exportables
from runner.settings.targets import Target
from tests.helpers.litert import by_litert

IMAGES = np.random.default_rng(0).random((40, 8, 8, 1), dtype=np.float32)


@pytest.mark.parametrize(
    "kind",
    [
        "dense",
        pytest.param("conv", marks=pytest.mark.long),
        pytest.param("depthwise", marks=pytest.mark.long),
    ],
)
def test_empty_channels_keep_their_biases(tmp_path: Path, kind: str) -> None:
    make_repeatable(1, 1)
    layers = keras.layers
    first = {
        "dense": [layers.Flatten(), layers.Dense(40, name="first")],
        "conv": [layers.Conv2D(6, 3, name="first"), layers.Flatten()],
        "depthwise": [
            layers.DepthwiseConv2D(3, depth_multiplier=4, name="first"),
            layers.Flatten(),
        ],
    }[kind]
    model = keras.Sequential([layers.Input((8, 8, 1)), *first, layers.Dense(5, "softmax")])
    layer = model.get_layer("first")
    kernel, bias = layer.get_weights()
    kernel.reshape(-1, len(bias))[:, ::2] = 0
    layer.set_weights([kernel, np.linspace(-2, 2, len(bias))])
    with exportables(model) as sources:
        path = export(sources.plain, Target.TFLITE_INT4, tmp_path, IMAGES)
    expected = model.predict(IMAGES, verbose=0)
    assert np.abs(by_litert(path, IMAGES) - expected).mean() < 0.05
