"""Strided convolutions of one pixel, trained as others are."""

from typing import Any

import numpy as np
import pytest

from runner.backend import keras, make_repeatable, tf
from runner.training.epoch_loop import training_step
from runner.training.unit_strides import unit_strides

_LAYERS = keras.layers


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (_LAYERS.Conv1D(4, 1, 3), (2, 7, 5)),
        (_LAYERS.Conv1D(4, 1, 2, "causal"), (2, 7, 5)),
        (_LAYERS.Conv2D(4, 1, 2), (2, 7, 8, 3)),
        (_LAYERS.Conv2D(4, 1, (1, 3), "same", activation="relu"), (2, 7, 8, 3)),
        (_LAYERS.Conv2D(4, 1, (3, 2), dilation_rate=1), (2, 5, 7, 8, 3)),
        (_LAYERS.Conv3D(4, 1, 2, "same"), (2, 5, 7, 8, 3)),
    ],
)
def test_they_compute_the_same(layer: Any, shape: tuple[int, ...]) -> None:
    make_repeatable(0, 1)
    images = tf.random.normal(shape)
    expected = layer(images)
    with unit_strides():
        assert layer(images).shape == expected.shape
        np.testing.assert_allclose(layer(images), expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(layer(images), expected)


def test_their_gradients_come_from_no_strided_kernel() -> None:
    # oneDNN writes beyond its memory in such a kernel, with AVX-512.
    inputs = keras.Input((60, 60, 8))
    strided = _LAYERS.Conv2D(16, 1, 2, "same")(_LAYERS.Conv2D(8, 3, 2, "same")(inputs))
    model = keras.Model(inputs, _LAYERS.Dense(2, "softmax")(_LAYERS.Flatten()(strided)))
    model.compile("adam")
    step = tf.function(training_step(model), autograph=False).get_concrete_function(
        tf.TensorSpec([None, 60, 60, 8]), tf.TensorSpec([None], tf.int64)
    )
    kernels = {
        tuple(node.outputs[0].shape): node.get_attr("strides")
        for node in step.graph.get_operations()
        if node.type == "Conv2DBackpropFilter"
    }
    assert kernels == {(3, 3, 8, 8): [1, 2, 2, 1], (1, 1, 8, 16): [1, 1, 1, 1]}
