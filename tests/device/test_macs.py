"""The multiplications of a file are those that its layers make, counted by hand."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from runner.backend import keras, make_repeatable
from runner.device.macs import macs, macs_of
from runner.export.convert import export
from runner.export.frozen_model import exportables
from runner.export.tflm.dispatch import encode
from runner.export.tflm.encoded_file import can_encode
from runner.settings.targets import Encoding, Target
from tests.helpers.tflite_file import write_softmax
from tests.helpers.tflm_files import Dense, dense_file

layers = keras.layers
IMAGES = np.random.default_rng(0).random((8, 8, 8, 2), dtype=np.float32)
# What is between the image and the output, and the products that it takes, by hand.
NETS: dict[str, tuple[Callable[[], list[keras.layers.Layer]], int | None]] = {
    "a loop, of which nobody knows how often": (
        lambda: [layers.Reshape((8, 16)), layers.LSTM(5)],
        None,
    ),
    "dense": (
        lambda: [layers.Flatten(), layers.Dense(5, activation="relu"), layers.Dense(3)],
        128 * 5 + 5 * 3,
    ),
    "convolutions": (
        lambda: [
            layers.Conv2D(4, 3, padding="same"),
            layers.Conv2D(6, (1, 3), strides=2),
            layers.Flatten(),
            layers.Dense(3),
        ],
        8 * 8 * 4 * (3 * 3 * 2) + 4 * 3 * 6 * (1 * 3 * 4) + 72 * 3,
    ),
    "grouped": (
        lambda: [layers.Conv2D(4, 3, groups=2), layers.GlobalAveragePooling2D(), layers.Dense(3)],
        6 * 6 * 4 * (3 * 3 * 1) + 4 * 3,
    ),
    "depthwise": (
        lambda: [
            layers.DepthwiseConv2D(3, depth_multiplier=2, dilation_rate=2),
            layers.Flatten(),
            layers.Dense(3),
        ],
        4 * 4 * 4 * (3 * 3) + 64 * 3,
    ),
    "transposed": (
        lambda: [layers.Conv2DTranspose(3, 3, strides=2), layers.GlobalAveragePooling2D()],
        8 * 8 * 2 * (3 * 3 * 3),
    ),
    "unrolled": (
        lambda: [layers.Reshape((8, 16)), layers.LSTM(5, unroll=True), layers.Dense(3)],
        # What came before the first step is zero, and not multiplied with.
        8 * 4 * 5 * (16 + 5) - 4 * 5 * 5 + 5 * 3,
    ),
    "in three dimensions": (
        lambda: [
            layers.Reshape((8, 8, 2, 1)),
            layers.Conv3D(2, (3, 3, 2)),
            layers.Flatten(),
            layers.Dense(3),
        ],
        6 * 6 * 1 * 2 * (3 * 3 * 2 * 1) + 72 * 3,
    ),
}


SLOW = ("a loop, of which nobody knows how often", "unrolled", "in three dimensions")


def _file(folder: Path, name: str, batch: int | None, target: Target) -> Path:
    make_repeatable(1, 1)
    image = layers.Input((8, 8, 2))
    values = image
    for layer in NETS[name][0]():
        values = layer(values)
    with exportables(keras.Model(image, layers.Softmax()(values)), batch=batch) as sources:
        return export(sources.plain, target, folder, IMAGES)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.long] if name in SLOW else []) for name in NETS]
)
def test_the_products_are_those_of_the_layers(name: str, tmp_path: Path) -> None:
    path = _file(tmp_path, name, 1, Target.TFLITE_FLOAT32)
    assert macs(path.read_bytes()) == NETS[name][1]


@pytest.mark.long
@pytest.mark.parametrize(
    ("batch", "target"),
    [
        (4, Target.TFLITE_FLOAT32),
        (None, Target.TFLITE_FLOAT32),
        (1, Target.TFLITE_INT8),
        (1, Target.TFLITE_FLOAT32_SPARSE),
        (1, Target.TFLITE_FLOAT16),
    ],
)
def test_they_are_those_of_one_image_in_any_file(
    batch: int | None, target: Target, tmp_path: Path
) -> None:
    path = _file(tmp_path, "convolutions", batch, target)
    assert macs(path.read_bytes()) == NETS["convolutions"][1]


def test_products_of_matrices_count_however_they_lie(tmp_path: Path) -> None:
    make_repeatable(1, 1)
    image = layers.Input((6, 4))
    scores = layers.Dot(axes=(2, 2))([image, image])
    model = keras.Model(image, layers.Softmax()(layers.Flatten()(scores)))
    with exportables(model, batch=1) as sources:
        path = export(sources.plain, Target.TFLITE_FLOAT32, tmp_path, IMAGES)
    assert macs(path.read_bytes()) == 6 * 4 * 6


@pytest.mark.skipif(not can_encode(), reason="the wheel tflite-micro is for Linux on x86-64 alone")
def test_a_file_that_unpacks_its_weights_makes_those_of_its_source(tmp_path: Path) -> None:
    weights = np.zeros((32, 40), np.float32)
    weights[:, ::10] = 1
    source = dense_file([Dense(weights)])
    encoded = encode(source, Encoding.PRUNED)
    assert b"TFLM_DECODE" in encoded
    path = tmp_path / Target.TFLM_PRUNED_FLOAT32.file_name
    path.write_bytes(encoded)
    assert macs(source) == 32 * 40
    assert macs_of({Target.H5: path.with_suffix(".h5"), Target.TFLM_PRUNED_FLOAT32: path}) == {
        "macs": 32 * 40
    }


def test_a_file_without_products_has_none_and_a_run_without_tflite_files_no_figure(
    tmp_path: Path,
) -> None:
    path = write_softmax(tmp_path / "softmax.tflite", (2, 2))
    assert macs(path.read_bytes()) == 0
    assert macs_of({Target.H5: tmp_path / "h5.h5", Target.TFLITE_FLOAT32: path}) == {"macs": 0}
    assert macs_of({Target.H5: tmp_path / "h5.h5"}) == {}
