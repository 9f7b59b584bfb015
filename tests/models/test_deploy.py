"""The model that is written into files: no augmentation, and pixels in front where asked for."""

from pathlib import Path

import numpy as np
import pytest

from runner.backend import keras, make_repeatable, save_h5
from runner.data.scale import Scale, scale_of
from runner.models.deploy import deployable
from runner.settings.dataset import ScaleName

layers = keras.layers
PIXELS = np.random.default_rng(0).integers(0, 256, (6, 4, 4, 3)).astype(np.float32)
KINDS: list[ScaleName] = ["0..1", "-1..1", "0..255", "imagenet", "caffe", "mean_std"]


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    """A process computes with one number of threads, whatever test comes first in it."""
    make_repeatable(1, 1)


def _model(*first: object) -> keras.Model:
    image = layers.Input((4, 4, 3), name="image")
    value = image
    for layer in first:
        value = layer(value)  # type: ignore[operator]
    value = layers.Conv2D(3, 2, name="conv")(value)
    return keras.Model(image, layers.Dense(2, name="out")(layers.Flatten()(value)), name="own")


@pytest.mark.parametrize("name", KINDS)
def test_a_file_that_scales_pixels_answers_as_the_model_on_scaled_ones(
    name: ScaleName, tmp_path: Path
) -> None:
    numbers = ((0.2, 0.4, 0.6), (0.5,)) if name == "mean_std" else (None, None)
    scale: Scale = scale_of(name, *numbers)
    model = _model()
    deployed = deployable(model, scale)
    expected = model(scale.apply(PIXELS / np.float32(255))).numpy()
    save_h5(deployed, str(tmp_path / "model.h5"))
    read = keras.models.load_model(str(tmp_path / "model.h5"), compile=False)
    for scaling in (deployed, read):
        np.testing.assert_allclose(scaling(PIXELS).numpy(), expected, rtol=1e-4, atol=1e-3)
    assert (deployed is model) == (name == "0..255")
    assert {"image", "conv", "out"} <= {layer.name for layer in deployed.layers}
    assert deployed.name == "own"


@pytest.mark.parametrize("name", ["imagenet", "caffe"])
def test_a_model_that_takes_an_image_in_one_row_is_scaled_by_channel(name: ScaleName) -> None:
    row = keras.Sequential([layers.Input((48,)), layers.Dense(3)])
    scale = scale_of(name)
    expected = row(scale.apply(PIXELS / np.float32(255)).reshape(6, 48)).numpy()
    scaled = deployable(row, scale)(PIXELS.reshape(6, 48)).numpy()
    np.testing.assert_allclose(scaled, expected, rtol=1e-4, atol=1e-3)


def test_layers_that_only_vary_training_images_are_left_out() -> None:
    first = [layers.RandomFlip(name="flip"), layers.Rescaling(1 / 255, name="scale")]
    model = _model(*first, layers.RandomContrast(0.2, name="contrast"), layers.Resizing(4, 4))
    deployed = deployable(model)
    names = [layer.name for layer in deployed.layers]
    assert names[:2] == ["image", "scale"]
    assert not {"flip", "contrast"} & set(names)
    np.testing.assert_array_equal(deployed(PIXELS).numpy(), model(PIXELS, training=False).numpy())
    assert deployable(deployed) is deployed
