"""A narrow model goes on with the weights that are left, or with new ones, and is trained."""

from pathlib import Path

import numpy as np
import pytest

from runner.backend import keras, make_repeatable
from runner.channels.narrow import narrow, remove_channels
from runner.data.dataset import Dataset
from runner.models.architectures import build
from runner.settings import BaselineSettings, ChannelsSettings
from tests.helpers.tiny import tiny_dataset

TRAINING = BaselineSettings(epochs=2, batch_size=8, learning_rate=0.01)
HALF = {"share": 0.5, "batch_size": 8, "learning_rate": 0.01}


@pytest.fixture
def tiny(tmp_path: Path) -> Dataset:
    return tiny_dataset(tmp_path)


@pytest.fixture
def model(tiny: Dataset) -> keras.Model:
    make_repeatable(1, 1)
    return build("mnist_cnn", tiny.shape, tiny.classes)


def test_without_epochs_the_weights_stay_as_they_are(model: keras.Model, tiny: Dataset) -> None:
    before = [weight.numpy() for weight in model.weights]
    asked = ChannelsSettings.model_validate({**HALF, "epochs": 0})
    made = narrow(model, tiny, asked, TRAINING)
    expected, _ = remove_channels(model, asked)
    assert (made.history, made.training_seconds) == ({}, 0)
    for one, other in zip(made.model.weights, expected.weights, strict=True):
        assert np.array_equal(one.numpy(), other.numpy())
    for one, other in zip(before, model.weights, strict=True):
        assert np.array_equal(one, other.numpy())


def test_new_weights_are_trained_as_the_baseline_was_and_then_as_kept_ones(
    model: keras.Model, tiny: Dataset
) -> None:
    kept = narrow(model, tiny, ChannelsSettings.model_validate({**HALF, "epochs": 1}), TRAINING)
    assert len(kept.history["loss"]) == 1
    asked = ChannelsSettings.model_validate({**HALF, "epochs": 1, "start": "fresh"})
    make_repeatable(1, 1)
    fresh = narrow(model, tiny, asked, TRAINING)
    assert len(fresh.history["loss"]) == 3
    assert [tuple(weight.shape) for weight in kept.model.weights] == [
        tuple(weight.shape) for weight in fresh.model.weights
    ]
    assert fresh.counts == kept.counts
    make_repeatable(1, 1)
    assert narrow(model, tiny, asked, TRAINING).history == fresh.history


def test_new_weights_are_not_given_to_what_is_not_trained() -> None:
    """A frozen layer would stay as its random numbers are; statistics are nobody's weights."""
    make_repeatable(1, 1)
    image = keras.layers.Input((8, 8, 1))
    adapted = keras.layers.Normalization(mean=3.0, variance=4.0)(image)
    learned = keras.layers.Normalization(axis=-1)
    value = learned(adapted)
    frozen = keras.layers.Conv2D(8, 3, name="frozen", trainable=False)(value)
    value = keras.layers.Conv2D(8, 3, name="learned")(frozen)
    whole = keras.Model(image, keras.layers.Dense(3)(keras.layers.Flatten()(value)))
    learned.set_weights([np.array([5.0]), np.array([6.0]), np.array(7)])
    asked = ChannelsSettings(share=0.5, start="fresh")
    (fresh, _), (kept, _) = (remove_channels(whole, asked, new) for new in (True, False))
    for name in ("frozen", learned.name):
        for one, other in zip(
            fresh.get_layer(name).weights, kept.get_layer(name).weights, strict=True
        ):
            assert np.array_equal(one.numpy(), other.numpy()), name
    assert not np.array_equal(
        fresh.get_layer("learned").kernel.numpy(), kept.get_layer("learned").kernel.numpy()
    )
