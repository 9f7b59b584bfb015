"""The ranges of numbers that models take for pixels."""

from pathlib import Path

import numpy as np
import pytest

from runner.backend import keras
from runner.data.dataset import Dataset, load
from runner.data.scale import scale_of
from runner.errors import ImpossiblePoint
from runner.settings import DatasetSettings
from runner.settings.dataset import ScaleName

PIXELS = np.random.default_rng(0).integers(0, 256, (5, 4, 4, 3), dtype=np.uint8)


@pytest.mark.parametrize(("name", "mode"), [("-1..1", "tf"), ("imagenet", "torch"), ("caffe",) * 2])
def test_scales_are_those_of_keras(name: ScaleName, mode: str) -> None:
    preprocess = keras.applications.imagenet_utils.preprocess_input
    expected = preprocess(PIXELS.astype(np.float64), mode=mode)
    np.testing.assert_allclose(scale_of(name).apply(PIXELS), expected, atol=1e-4, rtol=1e-6)


@pytest.mark.parametrize("name", ["0..1", "-1..1", "0..255", "imagenet", "caffe", "mean_std"])
def test_floats_and_integers_come_to_the_same_and_back(name: ScaleName) -> None:
    numbers = ((0.2, 0.4, 0.6), (0.5,)) if name == "mean_std" else (None, None)
    scale = scale_of(name, *numbers)
    scaled = scale.apply(PIXELS)
    np.testing.assert_allclose(scale.apply(PIXELS / 255), scaled, atol=1e-4)
    np.testing.assert_allclose(scale.pixels(scaled), PIXELS, atol=1e-3)
    # A model may take all values of an image in one row.
    np.testing.assert_array_equal(scale.apply(PIXELS.reshape(5, -1)), scaled.reshape(5, -1))
    black = scale.apply(np.zeros((1, 1, 1, 3), np.uint8))
    np.testing.assert_allclose(np.broadcast_to(scale.black, (1, 1, 1, 3)), black, atol=1e-6)


def test_the_usual_scale_is_a_division_by_255() -> None:
    expected = np.divide(PIXELS, np.float32(255), dtype=np.float32)
    np.testing.assert_array_equal(scale_of("0..1").apply(PIXELS), expected)


def _load(path: Path, cache: Path, **values: object) -> Dataset:
    given = {"name": "npz", "path": path, **values}
    return load(DatasetSettings.model_validate(given), cache)


def test_numbers_of_any_range_and_shape_are_taken_as_they_are(tmp_path: Path) -> None:
    series = np.random.default_rng(0).normal(0, 9, (20, 7, 3))
    labels = np.arange(20) % 2
    path = tmp_path / "series.npz"
    np.savez(path, x_train=series, y_train=labels, x_test=series, y_test=labels)
    loaded = _load(path, tmp_path, scale="as_is")
    assert loaded.shape == (7, 3)
    np.testing.assert_array_equal(loaded.test.images[:], series.astype(np.float32))


def test_another_scale_is_other_data(npz: Path, tmp_path: Path) -> None:
    scales: list[ScaleName] = ["0..1", "-1..1", "0..255"]
    loaded = [_load(npz, tmp_path, scale=name) for name in scales]
    assert len({data.digest for data in loaded}) == 3
    assert [data.train.images[:].max() > 1 for data in loaded] == [False, False, True]
    in_pixels = [data.in_pixels().test.images[:] for data in loaded]
    for images in in_pixels:
        np.testing.assert_allclose(images, in_pixels[2], atol=1e-3)


def test_a_scale_by_channel_needs_these_channels(npz: Path, tmp_path: Path) -> None:
    with pytest.raises(ImpossiblePoint, match=r"^dataset.scale=imagenet: takes images of 3 ch"):
        _load(npz, tmp_path, scale="imagenet")
