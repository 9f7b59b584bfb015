from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from runner.backend import keras, tf
from runner.export.convert import export
from runner.export.frozen_model import exportables
from runner.measure.tensor_arena import arena_bytes
from runner.models import architectures
from runner.settings.targets import Target

L = keras.layers
FLOAT = 4
TFLITE = [each for each in Target if each.conversion]
# Operators that compute the shape of a batch.
SHAPES = {"SHAPE", "STRIDED_SLICE", "PACK"}


def _written(model: keras.Model, target: Target, folder: Path, batch: int | None = 1) -> Path:
    images = np.random.default_rng(0).random((5, *model.input_shape[1:]), dtype=np.float32)
    with exportables(model, batch=batch) as sources:
        return export(sources.plain, target, folder, images)


def _converted(layer: keras.layers.Layer, path: Path) -> Path:
    model = keras.Sequential([keras.Input((4,)), layer])
    path.write_bytes(tf.lite.TFLiteConverter.from_keras_model(model).convert())
    return path


def _aligned(size: int) -> int:
    return -(-size // 64) * 64


@pytest.fixture(scope="module")
def dense() -> keras.Model:
    return keras.Sequential([keras.Input((100,)), L.Dense(50, "relu"), L.Dense(10, "softmax")])


@pytest.fixture(scope="module")
def convolution() -> keras.Model:
    layers = [L.Conv2D(12, 3, activation="relu"), L.MaxPool2D(), L.Flatten(), L.Dense(10)]
    return keras.Sequential([keras.Input((28, 28, 1)), *layers])


def test_the_arena_of_dense_layers(dense: keras.Model, tmp_path: Path) -> None:
    """The image stays; the scores lie behind the hidden layer, which their softmax overwrites."""
    path = _written(dense, Target.TFLITE_FLOAT32, tmp_path)
    assert arena_bytes(path) == _aligned(100 * FLOAT) + _aligned(50 * FLOAT) + 10 * FLOAT


@pytest.mark.parametrize(("target", "size"), [("tflite_float32", FLOAT), ("tflite_int8", 1)])
def test_the_arena_of_a_convolution(
    convolution: keras.Model, tmp_path: Path, target: Target, size: int
) -> None:
    """At most at a time: the image, its patches laid out in rows, and what they are turned to."""
    image, patches, channels = 28 * 28, 26 * 26 * 9, 26 * 26 * 12
    path = _written(convolution, Target(target), tmp_path)
    at_most = _aligned(image * size) + _aligned(channels * size) + patches * size
    assert arena_bytes(path) == at_most


def test_float16_weights_are_unpacked_into_an_arena(
    convolution: keras.Model, tmp_path: Path
) -> None:
    single = arena_bytes(_written(convolution, Target.TFLITE_FLOAT32, tmp_path))
    half = arena_bytes(_written(convolution, Target.TFLITE_FLOAT16, tmp_path))
    assert single is not None
    assert half is not None
    unpacked = convolution.count_params() * FLOAT
    assert single + unpacked - 100 <= half <= single + unpacked + 4 * 64


@pytest.mark.parametrize("target", TFLITE)
def test_it_is_told_of_every_target(dense: keras.Model, tmp_path: Path, target: Target) -> None:
    # int8 throughout: an image, a hidden layer and scores.
    assert (arena_bytes(_written(dense, target, tmp_path)) or 0) >= _aligned(100) + _aligned(
        50
    ) + 10


def _operators(path: Path) -> set[str]:
    file = schema.Model.GetRootAs(path.read_bytes(), 0)
    names = {code: name for name, code in vars(schema.BuiltinOperator).items()}
    codes = map(file.OperatorCodes, range(file.OperatorCodesLength()))
    return {names[max(code.DeprecatedBuiltinCode(), code.BuiltinCode())] for code in codes}


def test_a_fixed_batch_spares_operators_and_gives_an_arena(tmp_path: Path) -> None:
    """As at the end of MobileNetV1: what is averaged becomes an image of one pixel."""
    layers = [L.Conv2D(4, 3), L.GlobalAveragePooling2D(), L.Reshape((1, 1, 4)), L.Conv2D(3, 1)]
    model = keras.Sequential([keras.Input((8, 8, 1)), *layers, L.Flatten(), L.Softmax()])
    still_open = _written(model, Target.TFLITE_FLOAT32, tmp_path, batch=None)
    assert _operators(still_open) >= SHAPES
    assert arena_bytes(still_open) is None
    fixed = _written(model, Target.TFLITE_FLOAT32, tmp_path)
    assert not _operators(fixed) & SHAPES
    assert arena_bytes(fixed)


@pytest.mark.long
@pytest.mark.parametrize("network", ["depthwise_cnn", "MobileNet"])
def test_every_tflite_file_of_a_mobile_network_has_an_arena(network: str, tmp_path: Path) -> None:
    if network == "MobileNet":
        settings = {"weights": None, "input_shape": (32, 32, 3), "classes": 10, "alpha": 0.25}
        model = keras.applications.MobileNet(**settings)
    else:
        model = architectures.build(network, (28, 28, 1), 10)
    # Else what comes after many layers is too small to be quantized to int16.
    _normalize(model)
    for target in TFLITE:
        path = _written(model, target, tmp_path)
        assert not _operators(path) & SHAPES
        assert arena_bytes(path), target


def _normalize(model: keras.Model) -> None:
    """Let the batch normalizations see some images once, as training would."""
    for layer in model.layers:
        if isinstance(layer, L.BatchNormalization):
            layer.momentum = 0.0
    images = np.random.default_rng(0).random((32, *model.input_shape[1:]), dtype=np.float32)
    model(images, training=True)


class _Loop(keras.layers.Layer):
    def call(self, values: tf.Tensor) -> tf.Tensor:
        return tf.while_loop(
            lambda seen: tf.reduce_sum(seen) < 9, lambda seen: [seen + 1], [values]
        )


class _Chosen(keras.layers.Layer):
    def call(self, values: tf.Tensor) -> tf.Tensor:
        return tf.boolean_mask(values, values > 0)


class _Total(keras.layers.Layer):
    def call(self, values: tf.Tensor) -> tf.Tensor:
        return values / tf.reduce_sum(values)


@pytest.mark.parametrize("layer", [_Loop, _Chosen, _Total])
def test_what_litert_does_not_tell_is_not_guessed(
    tmp_path: Path, layer: type[keras.layers.Layer]
) -> None:
    assert arena_bytes(_converted(layer(), tmp_path / "model.tflite")) is None
