"""Images come out as Keras' reader of folders brings them to a size."""

import numpy as np
import pytest
from PIL import Image

from runner.backend import make_repeatable, tf
from runner.data.image_folder.resize import resized


@pytest.mark.parametrize("size", [(32, 32), (96, 50), (3, 7), (61, 83)])
@pytest.mark.parametrize("shape", [(61, 83), (1, 1), (7, 300), (200, 20)])
def test_stretching_is_tensorflows_bit_for_bit(
    shape: tuple[int, int], size: tuple[int, int]
) -> None:
    make_repeatable(0, threads=1)
    pixels = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    expected = tf.image.resize(pixels, size)
    gray = tf.image.rgb_to_grayscale(expected)
    image = Image.fromarray(pixels)
    np.testing.assert_array_equal(resized(image, size, "rgb", "stretch"), np.rint(expected))
    np.testing.assert_array_equal(resized(image, size, "grayscale", "stretch"), np.rint(gray))


def test_padding_keeps_the_shape_and_cropping_the_middle() -> None:
    wide = Image.new("RGB", (40, 10), (200, 200, 200))
    padded = resized(wide, (20, 20), "rgb", "pad")
    assert [padded[row, 10, 0] for row in (0, 7, 10, 13, 19)] == [0, 0, 200, 0, 0]
    two = Image.new("RGB", (40, 10), (0, 0, 0))
    two.paste((200, 200, 200), (15, 0, 25, 10))
    assert np.all(resized(two, (20, 20), "rgb", "crop")[:, 1:-1] > 190)


def test_a_smaller_image_stands_for_all_pixels_of_a_larger_one() -> None:
    checks = np.indices((64, 64)).sum(axis=0) % 2 * np.uint8(255)
    image = Image.fromarray(checks.astype(np.uint8)).convert("RGB")
    for way in ("crop", "pad"):
        assert np.abs(resized(image, (8, 8), "rgb", way).astype(int) - 127).max() <= 8
