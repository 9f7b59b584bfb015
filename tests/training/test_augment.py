"""Images that vary: by Keras' layers, on whatever numbers a model takes for pixels."""

from typing import Any

import numpy as np
import pytest

from runner.backend import make_repeatable, tf
from runner.data.scale import Scale, scale_of
from runner.settings import AugmentSettings
from runner.training.augment import Augmentation

RGB = scale_of("0..1")


@pytest.fixture(autouse=True)
def _repeatable() -> None:
    make_repeatable(0, 1)


def _pixels(number: int = 12) -> np.ndarray:
    return np.random.default_rng(0).integers(60, 200, (number, 8, 8, 3), dtype=np.uint8)


def _varied(scale: Scale, **settings: Any) -> np.ndarray:
    """Vary images in a scale; returns them as pixels from 0 to 255."""
    augmentation = Augmentation(AugmentSettings(**settings), scale)
    images = tf.constant(scale.apply(_pixels()))
    shifts = augmentation.draw(len(images))
    return scale.pixels(augmentation.apply(images, tf.constant(shifts)).numpy())


def test_mirrored_images_are_mirrored_as_asked() -> None:
    original = _pixels().astype(np.float32)
    ways = {"horizontal": (2,), "vertical": (1,)}
    for flip, axes in ways.items():
        mirrored = np.flip(original, axes)
        varied = _varied(RGB, flip=flip)
        kept = [
            np.allclose(one, other, atol=0.01) for one, other in zip(varied, original, strict=True)
        ]
        turned = [
            np.allclose(one, other, atol=0.01) for one, other in zip(varied, mirrored, strict=True)
        ]
        assert np.logical_xor(kept, turned).all()
        assert 0 < sum(kept) < len(kept)
    both = _varied(RGB, flip="both")
    every = [np.flip(original, axes) for axes in ((), (1,), (2,), (1, 2))]
    found = [[np.allclose(one, each[n], atol=0.01) for each in every] for n, one in enumerate(both)]
    assert (np.sum(found, axis=1) == 1).all()
    assert (np.sum(found, axis=0) > 0).all()


@pytest.mark.parametrize("name", ["0..1", "-1..1", "caffe", "imagenet"])
@pytest.mark.parametrize("settings", [{"rotation": 0.125}, {"zoom": 0.5}])
def test_black_comes_where_an_image_ends(name: Any, settings: dict[str, float]) -> None:
    varied = _varied(scale_of(name), **settings)
    assert varied.min() == pytest.approx(0, abs=0.01)
    assert varied.max() < 200
    # The middle of an image stays in its range.
    assert varied[:, 3:5, 3:5].min() > 59


@pytest.mark.parametrize("name", ["0..1", "-1..1", "0..255", "caffe", "imagenet"])
def test_brightness_stays_between_black_and_white(name: Any) -> None:
    varied = _varied(scale_of(name), brightness=0.6)
    change = varied - _pixels()
    assert (varied.min(), varied.max()) == (
        pytest.approx(0, abs=0.01),
        pytest.approx(255, abs=0.01),
    )
    inside = [each[(image > 1) & (image < 254)] for each, image in zip(change, varied, strict=True)]
    # All pixels of an image by the same, and images by others.
    means = [part.mean() for part in inside if part.size]
    assert all(np.ptp(part) < 0.01 for part in inside if part.size)
    assert np.ptp(means) > 20
    assert np.abs(means).max() <= 0.6 * 255


@pytest.mark.parametrize("name", ["-1..1", "caffe"])
def test_contrast_spreads_or_narrows_pixels_around_their_mean(name: Any) -> None:
    original, varied = _pixels().astype(np.float32), _varied(scale_of(name), contrast=0.5)
    centre = original.mean((1, 2), keepdims=True)
    factors = (varied - centre) / np.where(np.abs(original - centre) < 5, np.nan, original - centre)
    factor = np.nanmedian(factors)
    assert 0.5 <= factor <= 1.5
    assert factor != pytest.approx(1, abs=0.01)
    np.testing.assert_allclose(
        varied, np.clip(centre + factor * (original - centre), 0, 255), atol=0.1
    )


def test_epochs_differ_and_repeat_whatever_the_layers_drew_before() -> None:
    everything = AugmentSettings(
        shift=1, flip="both", rotation=0.1, zoom=0.2, brightness=0.2, contrast=0.2
    )
    augmentation = Augmentation(everything, RGB)
    images = tf.constant(RGB.apply(_pixels()))

    def epochs() -> list[np.ndarray]:
        np.random.seed(7)
        shifts = (tf.constant(augmentation.draw(len(images))) for _ in range(2))
        return [augmentation.apply(images, moves).numpy() for moves in shifts]

    first, again = epochs(), epochs()
    assert not np.array_equal(first[0], first[1])
    np.testing.assert_array_equal(first, again)
