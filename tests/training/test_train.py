from dataclasses import replace
from pathlib import Path

import pytest

from runner.backend import keras, make_repeatable
from runner.data import dataset
from runner.data.dataset import Dataset
from runner.models import architectures
from runner.settings import AugmentSettings, BaselineSettings, DatasetSettings
from runner.training.objective import Objective
from runner.training.train import steps_per_epoch, train
from tests.helpers.tiny import write_npz


@pytest.fixture
def tiny(tmp_path: Path) -> Dataset:
    path = write_npz(tmp_path / "tiny.npz")
    return dataset.load(DatasetSettings(name="npz", path=path, validation_share=0.1), tmp_path)


def _settings(epochs: int, *, shuffle: bool = True) -> BaselineSettings:
    return BaselineSettings(epochs=epochs, batch_size=8, learning_rate=0.01, shuffle=shuffle)


def test_the_last_batch_may_be_smaller() -> None:
    assert [steps_per_epoch(images, 32) for images in (1, 32, 33, 54_000)] == [1, 1, 2, 1688]


def test_a_model_learns_and_says_how_by_epoch(tiny: Dataset) -> None:
    make_repeatable(0, 1)
    model = architectures.build("mnist_cnn", tiny.shape, tiny.classes)
    history = train(model, tiny, _settings(6)).history
    assert set(history) == {"loss", "train_accuracy", "val_loss", "val_accuracy"}
    assert {len(values) for values in history.values()} == {6}
    assert history["loss"][-1] < history["loss"][0]
    assert history["val_accuracy"][-1] == 1


@pytest.mark.long
def test_shuffling_is_a_setting(tiny: Dataset) -> None:
    losses = []
    for shuffle in (True, False, False):
        make_repeatable(0, 1)
        model = architectures.build("mnist_cnn", tiny.shape, tiny.classes)
        losses.append(train(model, tiny, _settings(1, shuffle=shuffle)).history["loss"])
    assert losses[0] != losses[1] == losses[2]


def test_every_step_counts_one_step_of_the_optimizer(tiny: Dataset) -> None:
    make_repeatable(0, 1)
    model = architectures.build("mnist_cnn", tiny.shape, tiny.classes)
    train(model, tiny, _settings(3))
    assert int(model.optimizer.iterations) == 3 * steps_per_epoch(len(tiny.train.labels), 8)


@pytest.mark.long
def test_images_are_brought_into_the_shape_that_the_model_takes(tiny: Dataset) -> None:
    figures = []
    for shape in (tiny.shape, (64,), (8, 8)):
        make_repeatable(0, 1)
        layers = [keras.layers.Flatten(input_shape=shape), keras.layers.Dense(3, "softmax")]
        moved = replace(tiny, augment=AugmentSettings(shift=1))
        figures.append(train(keras.Sequential(layers), moved, _settings(2)).history)
    assert figures[0] == figures[1] == figures[2]


@pytest.mark.long
def test_logits_learn_as_probabilities_do(tiny: Dataset) -> None:
    losses = []
    for activation in ("softmax", "linear"):
        make_repeatable(0, 1)
        layers = [keras.layers.Flatten(input_shape=tiny.shape), keras.layers.Dense(3, activation)]
        model = keras.Sequential(layers)
        history = train(
            model, tiny, _settings(2), objective=Objective(activation == "linear")
        ).history
        losses.append([*history["loss"], *history["val_loss"]])
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)
