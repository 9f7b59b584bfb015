"""Networks that people take from Keras lose channels and compute what is left of them."""

import numpy as np
import pytest

from runner.backend import keras, make_repeatable
from tests.helpers.narrow_difference import TOLERANCE, difference, whole_layers

# Each at the smallest side of an image that it takes, or close to it.
NETWORKS = {
    "MobileNet": 32, "MobileNetV2": 32, "MobileNetV3Small": 32, "ResNet50": 32, "ResNet50V2": 32,
    "DenseNet121": 32, "InceptionV3": 75, "Xception": 71, "EfficientNetB0": 32,
    "EfficientNetV2B0": 32, "VGG16": 32, "NASNetMobile": 32,
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("name", NETWORKS)
def test_the_cut_network_equals_the_masked_one(name: str) -> None:
    make_repeatable(0, 1)
    side = NETWORKS[name]
    build = getattr(keras.applications, name)
    model = build(weights=None, input_shape=(side, side, 3), classes=5, classifier_activation=None)
    _vary(model)
    images = np.random.default_rng(1).random((2, side, side, 3), np.float32)
    # The layer that makes the output, which need not be the last one.
    assert len(whole_layers(model, 0.5)) == 1
    assert difference(model, images, 0.5) <= TOLERANCE


def _vary(model: keras.Model) -> None:
    """Give biases and averages, which all begin alike, random numbers of their size."""
    draw = np.random.default_rng(0)
    for weight in model.weights:
        if len(weight.shape) == 1:
            weight.assign(weight.numpy() + draw.uniform(0, 0.2, weight.shape))
