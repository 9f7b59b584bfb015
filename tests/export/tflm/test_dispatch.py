"""Encoded files hold the weights of their source, and TFLite Micro computes the same with them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("tflite_micro")

from runner.export.tflm.dispatch import DECODED_INPUTS, encode
from runner.export.tflm.verify import Unequal, verify
from runner.settings.targets import Encoding
from tests.helpers.tflm_files import Dense, decoded, dense_file

RANDOM = np.random.default_rng(0)


def floats(outputs: int, inputs: int, zeros: float) -> Dense:
    weights = RANDOM.standard_normal((outputs, inputs)).astype("<f4")
    return Dense(np.where(RANDOM.random(weights.shape) < zeros, np.float32(0), weights))


def integers(outputs: int, inputs: int, zeros: float, points: Sequence[int] = (0,)) -> Dense:
    zero = np.array(points, np.int8)[:, None]
    weights = RANDOM.integers(-127, 128, (outputs, inputs)).astype(np.int8)
    weights = np.where(RANDOM.random(weights.shape) < zeros, zero, weights)
    return Dense(weights, [0.01] * len(points), points)


def clustered(outputs: int, inputs: int, values: int, channels: int) -> Dense:
    tables = RANDOM.integers(-127, 128, (outputs, values)).astype(np.int8)
    tables = tables if channels > 1 else np.broadcast_to(tables[:1], tables.shape)
    places = RANDOM.integers(0, values, (outputs, inputs))
    weights = np.take_along_axis(tables, places, axis=1)
    return Dense(weights, [0.01] * channels, [0] * channels)


PRUNED = {
    "a half": floats(40, 60, 0.5),
    "odd sizes": floats(37, 53, 0.9),
    "all zeros": floats(40, 60, 1.0),
    "minus zero": Dense(np.where(RANDOM.random((40, 60)) < 0.9, -0.0, 1.5).astype("<f4")),
    "integers": integers(60, 60, 0.9),
    "by channel": integers(37, 63, 0.9, [0] * 37),
    "one zero point": integers(60, 60, 0.9, [7]),
    "one channel": integers(1, 999, 0.9, [0]),
}
UNPRUNED = {
    "no zeros": floats(40, 60, 0.0),
    "one element": floats(1, 1, 1.0),
    "too small to gain": floats(8, 8, 0.9),
    "integers without zeros": integers(60, 60, 0.0),
}


def same(first: bytes, second: bytes) -> None:
    pairs = list(zip(decoded(first), decoded(second), strict=True))
    assert pairs
    for one, other in pairs:
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", PRUNED)
def test_pruned_weights_take_fewer_bytes_and_decode_to_themselves(name: str) -> None:
    source = dense_file([PRUNED[name]])
    encoded = encode(source, Encoding.PRUNED)
    assert len(encoded) < len(source)
    same(source, encoded)
    assert verify(source, encoded, None, seed=1) >= 8


@pytest.mark.parametrize("name", UNPRUNED)
def test_what_would_grow_is_left_as_it_is(name: str) -> None:
    source = dense_file([UNPRUNED[name]])
    assert encode(source, Encoding.PRUNED) == source


def test_only_the_layer_that_shrinks_is_encoded() -> None:
    layers = [floats(60, 40, 0.9), floats(30, 60, 0.0)]
    source = dense_file(layers)
    encoded = encode(source, Encoding.PRUNED)
    assert encoded.count(b"TFLM_DECODE") == 1
    same(source, encoded)
    assert len(source) - len(encoded) > layers[0].weights.nbytes * 0.8
    verify(source, encoded, None, seed=1)


def test_zero_points_by_channel_are_kept() -> None:
    points = RANDOM.integers(-9, 9, 40).tolist()
    source = dense_file([integers(40, 90, 0.9, points)])
    encoded = encode(source, Encoding.PRUNED)
    assert len(encoded) < len(source)
    same(source, encoded)


def bias(outputs: int, dtype: str, zeros: float = 0.95) -> NDArray[Any]:
    values = RANDOM.integers(-999, 999, outputs).astype(dtype)
    return np.where(RANDOM.random(outputs) < zeros, values.dtype.type(0), values)


@pytest.mark.parametrize("points", [False, True], ids=["zeros", "zero points"])
@pytest.mark.parametrize("encoding", Encoding)
def test_channels_on_the_last_axis(encoding: Encoding, points: bool) -> None:
    channels = 64
    zeros = RANDOM.integers(-9, 9, channels) if points else np.zeros(channels, np.int64)
    weights = np.where(RANDOM.random((1, 5, 7, channels)) < 0.9, zeros, 90).astype(np.int8)
    scales = np.linspace(0.01, 0.02, channels).tolist()
    layer = Dense(weights, scales, zeros.tolist(), bias(channels, "<i4", 0.0))
    source = dense_file([layer])
    encoded = encode(source, encoding)
    assert len(encoded) < len(source)
    same(source, encoded)
    assert verify(source, encoded, None, seed=1) >= 8


@pytest.mark.parametrize("encoding", Encoding)
def test_biases_are_encoded_beside_their_weights_and_alone(encoding: Encoding) -> None:
    rows = 900
    for layer in (
        replace(floats(rows, 9, 0.0), bias=bias(rows, "<f4")),
        replace(integers(rows, 9, 0.0), bias=bias(rows, "<i4")),
        replace(clustered(rows, 9, 2, 1), bias=bias(rows, "<i4")),
        Dense(np.where(RANDOM.random((rows, 9)) < 0.9, 0, 3).astype("<f4"), bias=bias(rows, "<f4")),
    ):
        source = dense_file([layer])
        encoded = encode(source, encoding)
        assert len(source) - len(encoded) > rows
        same(source, encoded)
        verify(source, encoded, None, seed=1)


def test_an_empty_bias_and_one_without_zeros() -> None:
    for zeros in (1.0, 0.0):
        layer = replace(integers(90, 90, 0.9), bias=bias(90, "<i4", zeros))
        source = dense_file([layer, replace(integers(90, 90, 0.0), bias=bias(90, "<i4", zeros))])
        encoded = encode(source, Encoding.PRUNED)
        assert len(encoded) < len(source)
        same(source, encoded)
        verify(source, encoded, None, seed=1)


@pytest.mark.parametrize("shared", [False, True])
def test_layers_with_the_same_weights_and_several_graphs(shared: bool) -> None:
    layer = floats(60, 60, 0.9)
    source = dense_file([layer, layer, floats(60, 60, 0.8)], [layer], shared=shared)
    encoded = encode(source, Encoding.PRUNED)
    assert len(encoded) < len(source)
    same(source, encoded)
    verify(source, encoded, None, seed=1)


@pytest.mark.parametrize(
    ("values", "channels", "outputs"), [(1, 1, 60), (2, 60, 60), (5, 37, 37), (16, 1, 64)]
)
def test_clustered_weights_become_tables(values: int, channels: int, outputs: int) -> None:
    source = dense_file([clustered(outputs, 199, values, channels)])
    encoded = encode(source, Encoding.LOOK_UP)
    assert len(encoded) < len(source)
    same(source, encoded)
    verify(source, encoded, None, seed=1)


def test_too_many_values_for_a_table_are_left() -> None:
    source = dense_file([floats(60, 60, 0.5)])
    assert encode(source, Encoding.LOOK_UP) == source


def test_a_wrong_file_is_found_out() -> None:
    source, other = (dense_file([floats(20, 20, 0.5)]) for _ in range(2))
    with pytest.raises(Unequal, match="differ"):
        verify(source, other, None, seed=1)


def test_images_are_run_too() -> None:
    # Beside a number that is not huge, the second one gets lost.
    source, other = (dense_file([Dense(np.array([[1, way]], "<f4"))]) for way in (0, 1e-30))
    assert verify(source, other, None, seed=1) >= 8
    images = np.array([[1, 1e30]], np.float32)
    with pytest.raises(Unequal, match="on input 2"):
        verify(source, other, images, seed=1)
    integers_too = dense_file([integers(60, 60, 0.9)])
    verify(
        integers_too,
        encode(integers_too, Encoding.PRUNED),
        RANDOM.random((3, 60), np.float32),
        seed=1,
    )


def test_no_operator_that_needs_constants_gets_decoded_ones() -> None:
    from tflite_micro.tensorflow.lite.micro.compression import constant_inputs

    places = {(code, place) for code, places in DECODED_INPUTS.items() for place in places}
    assert not places & set(constant_inputs._REQUIRED_INPUTS)


def test_the_private_parts_are_those_that_the_encoder_was_written_for() -> None:
    from importlib.metadata import version

    from tflite_micro.tensorflow.lite.micro.compression import (
        compressor,
        decode,
        decode_insert,
        lut,
        model_editor,
        spec,
    )

    from runner.export.tflm import lookup_tables
    from runner.export.tflm.weights import Weights

    assert version("tflite-micro") == "0.dev20261023182759"
    assert (decode.DecodeType.LUT.code, decode.DecodeType.PRUNING.code) == (0, 2)
    assert decode.DecodeCommonMetadata.SIZE == 16
    assert decode_insert.DECODE_CUSTOM_OP_NAME == "TFLM_DECODE"
    assert compressor.CompressionResult(b"", b"").encoded_data == b""
    values = np.array([[3, -1, 3, 7], [0, 0, 5, 5], [1, 2, 3, 4]], np.int8)
    tensor = model_editor.Tensor(shape=values.shape, dtype=9, data=values)
    for mode, points in ((spec.PerTensor(), 1), (spec.PerChannel(axis=0), 3)):
        ours = lookup_tables.encode(Weights(values, np.zeros(points, np.int64)))
        assert ours is not None
        width = ours.ancillary[5] & 7
        theirs = lut.LutCompressor().compress(tensor, spec.LookUpTableCompression(width, mode))
        assert ours.bits == theirs.encoded_data
        assert len(ours.ancillary) == len(theirs.ancillary_data)
        assert ours.ancillary[:16] == theirs.ancillary_data[:16]
