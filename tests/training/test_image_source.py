"""Batches inside TensorFlow are those that NumPy makes, bit for bit."""

from pathlib import Path

import numpy as np
import pytest

from runner.backend import make_repeatable, tf
from runner.data.images import Images, at_once
from runner.data.scale import scale_of
from runner.files import array_folder
from runner.settings.dataset import ScaleName
from runner.training.image_source import ImageSource

BYTES = np.random.default_rng(0).integers(0, 256, (300, 4, 4, 3), dtype=np.uint8)
FLOATS = np.random.default_rng(1).random((300, 4, 4, 3)).astype(np.float32)


def _batch(images: Images, places: np.ndarray) -> np.ndarray:
    source = ImageSource(images)
    traced = tf.function(source.batch, autograph=False)
    batch: np.ndarray = traced(tf.constant(places, tf.int32)).numpy()
    return batch


@pytest.mark.parametrize("stored", [BYTES, FLOATS, FLOATS.astype(np.float64)])
@pytest.mark.parametrize(
    "name", ["0..1", "-1..1", "0..255", "imagenet", "caffe", "as_is", "mean_std"]
)
def test_every_scale_is_that_of_numpy(stored: np.ndarray, name: ScaleName) -> None:
    make_repeatable(0, threads=1)
    numbers = ((0.2, 0.4, 0.6), (0.3,)) if name == "mean_std" else (None, None)
    scale = scale_of(name, *numbers)
    images = Images.of(stored, scale)
    places = np.random.default_rng(2).permutation(300)
    np.testing.assert_array_equal(images[:], scale.apply(stored))
    np.testing.assert_array_equal(_batch(images, places), scale.apply(stored)[places])
    back = scale.pixels(scale.apply(stored))
    np.testing.assert_array_equal(images.as_pixels()[places], back[places])


def test_parts_and_shapes_are_taken_without_a_copy() -> None:
    make_repeatable(0, threads=1)
    whole = Images.of(BYTES[..., 0], scale_of("0..1"))
    expected = (BYTES[..., 0] / np.float32(255)).reshape(300, 16)
    tail = whole.part(slice(101, None)).reshaped((16,))
    rows = np.array([3, 7, 150, 2])
    drawn = tail.part(rows)
    places = np.array([2, 0, 3, 1])
    for images, those in ((tail, expected[101:]), (drawn, expected[101:][rows])):
        assert images.stored is whole.stored
        assert images.shape == those.shape
        np.testing.assert_array_equal(images[1:3], those[1:3])
        np.testing.assert_array_equal(images[places], those[places])
        np.testing.assert_array_equal(_batch(images, places), those[places])


def test_a_mapped_file_is_shared_and_never_written(tmp_path: Path) -> None:
    make_repeatable(0, threads=1)

    def make(folder: Path) -> dict[str, object]:
        np.save(folder / "x.npy", BYTES)
        return {}

    array = array_folder.obtain(tmp_path, tmp_path / "datasets" / "x", make).arrays["x"]
    images = Images.of(array, scale_of("0..1"))
    assert images.stored is array
    places = np.arange(300)[::-1]
    np.testing.assert_array_equal(_batch(images, places), images[:][::-1])
    source = ImageSource(images)
    shared = np.from_dlpack(source._stored)
    assert shared.__array_interface__["data"][0] == array.__array_interface__["data"][0]


def test_large_images_are_computed_fewer_at_a_time() -> None:
    small, large = ((10, side, side, 3) for side in (64, 224))
    assert at_once(np.broadcast_to(np.float32(), small), 1000) == 1000
    assert at_once(np.broadcast_to(np.float32(), large), 1000) == 81
    assert at_once(np.broadcast_to(np.float32(), (1, 10**5, 10**5)), 1000) == 1
