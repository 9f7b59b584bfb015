"""Whatever the batch of a file, its scores are those of LiteRT alone, image by image."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from runner.backend import keras, make_repeatable, tf
from runner.compress import compress
from runner.data import dataset
from runner.device.latency import time_file
from runner.export.convert import export
from runner.export.frozen_model import exportables
from runner.measure.scores import FileScores
from runner.measure.tensor_arena import arena_bytes
from runner.settings import CompressSettings, DatasetSettings
from runner.settings.targets import Target
from tests.helpers.litert import by_litert
from tests.helpers.tiny import write_npz

L = keras.layers
IMAGES = np.random.default_rng(0).random((47, 8, 8, 1), dtype=np.float32)
TFLITE = [target for target in Target if target.conversion]
FEW = [Target.TFLITE_FLOAT32, Target.TFLITE_INT8]


def _flatten() -> keras.Model:
    return keras.Sequential(
        [L.Input((8, 8, 1)), L.Conv2D(4, 3), L.Flatten(), L.Dense(3, "softmax")]
    )


def _dense() -> keras.Model:
    return keras.Sequential([L.Input((64,)), L.Dense(40, "relu"), L.Dense(3, "softmax")])


def _reshape() -> keras.Model:
    """The batch is part of the constant shapes in its files."""
    layers = [L.Conv2D(4, 3, activation="relu"), L.Reshape((36, 4)), L.Permute((2, 1)), L.Dense(6)]
    return keras.Sequential([L.Input((8, 8, 1)), *layers, L.Flatten(), L.Dense(3, "softmax")])


def _average() -> keras.Model:
    layers = [L.Conv2D(4, 3, activation="relu"), L.GlobalAveragePooling2D(keepdims=True)]
    return keras.Sequential(
        [L.Input((8, 8, 1)), *layers, L.Conv2D(3, 1), L.Reshape((3,)), L.Softmax()]
    )


def _of_eight() -> keras.Model:
    """Saved by somebody with a batch of its own."""
    layers = [L.Conv2D(4, 3), L.Reshape((144,)), L.Dense(3, "softmax")]
    return keras.Sequential([L.Input((8, 8, 1), batch_size=8), *layers])


def _transposed() -> keras.Model:
    """Its kernel would write beyond its output, were it given more images."""
    layers = [L.Conv2DTranspose(4, 3, 2, activation="relu"), L.GlobalAveragePooling2D()]
    return keras.Sequential([L.Input((8, 8, 1)), *layers, L.Dense(3, "softmax")])


def _mixing() -> keras.Model:
    """With more images than its own, these flow into one another, and no shape tells."""
    halves = L.Lambda(lambda values: tf.nn.softmax(tf.reshape(values, [2, -1])))
    rows = L.Lambda(lambda values: tf.reshape(values, [-1, 64]))
    return keras.Sequential([L.Input((64,)), halves, rows, L.Dense(3)])


KINDS: dict[str, Callable[[], keras.Model]] = {
    "flatten": _flatten,
    "dense": _dense,
    "reshape": _reshape,
    "average": _average,
    "of eight": _of_eight,
    "transposed": _transposed,
    "mixing": _mixing,
}
# The images of the last one are meant to come alone.
CASES = [*((kind, batch) for kind in KINDS for batch in (1, 3)), ("reshape", None)]
CASES.remove(("mixing", 3))
# Those of which a file with a fixed batch takes more.
TAKE_MORE = ("flatten", "dense")


def _written(kind: str, target: Target, folder: Path, batch: int | None) -> tuple[Path, np.ndarray]:
    make_repeatable(0, 1)
    model = KINDS[kind]()
    images = IMAGES.reshape(len(IMAGES), *model.input_shape[1:])
    with exportables(model, batch=batch) as sources:
        return export(sources.plain, target, folder, images[:20]), images


def _compare(path: Path, images: np.ndarray, threads: int = 2) -> FileScores:
    scores = FileScores(path, threads)
    expected = by_litert(path, images)
    for _ in range(2):
        given = scores(images)
        if given.dtype != np.float32:
            scale, zero = scores.output["quantization"]
            given = (given.astype(np.float32) - zero) * scale
        np.testing.assert_allclose(given, expected, atol=1e-5)
        np.testing.assert_array_equal(given.argmax(axis=1), expected.argmax(axis=1))
    np.testing.assert_allclose(scores(images[:1]).shape, (1, expected.shape[1]))
    return scores


@pytest.mark.parametrize("target", FEW)
@pytest.mark.parametrize("kind", ["flatten", "reshape", "mixing"])
def test_scores_are_those_of_single_images(kind: str, target: Target, tmp_path: Path) -> None:
    path, images = _written(kind, target, tmp_path, 1)
    scores = _compare(path, images)
    assert scores.at_once == (len(images) if kind in TAKE_MORE else 1)
    assert arena_bytes(path)


@pytest.mark.long
@pytest.mark.parametrize("target", TFLITE)
@pytest.mark.parametrize(("kind", "batch"), CASES)
def test_scores_of_all_files_are_those_of_single_images(
    kind: str, target: Target, batch: int | None, tmp_path: Path
) -> None:
    path, images = _written(kind, target, tmp_path, batch)
    _compare(path, images, threads=3)


@pytest.mark.long
def test_a_quantization_aware_file_has_the_fixed_batch(tmp_path: Path) -> None:
    settings = DatasetSettings(name="npz", path=write_npz(tmp_path / "tiny.npz"))
    tiny = dataset.load(settings, tmp_path)
    compressed = compress(_flatten(), tiny, CompressSettings(name="qat", epochs=1), {})
    with exportables(compressed.model, compressed.aware) as sources:
        source = sources.of(Target.TFLITE_INT8)
        path = export(source, Target.TFLITE_INT8, tmp_path, tiny.train.images[:])
    assert FileScores(path, 1).at_once == 1
    _compare(path, tiny.test.images[:])
    assert arena_bytes(path)


def test_a_file_of_three_images_is_timed_by_image(tmp_path: Path) -> None:
    path, images = _written("dense", Target.TFLITE_FLOAT32, tmp_path, 3)
    scores = FileScores(path, 1)
    assert scores.at_once == 3
    assert scores(images).shape == (len(images), 3)
    timed = time_file(path, images)
    assert 0 < timed.median_ms <= timed.p90_ms
