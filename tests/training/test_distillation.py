"""A student learns from a teacher: by the formula, and in training."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runner.backend import keras, make_repeatable, tf
from runner.data.dataset import Dataset
from runner.data.images import Images
from runner.data.split import Split
from runner.prune.pruning import prune
from runner.settings import AugmentSettings, ScheduleSettings
from runner.training.distillation import Distillation
from tests.helpers.pruning_schedule import SCHEDULE
from tests.helpers.tiny import tiny_dataset

SHAPE = (8, 8, 1)


@pytest.fixture(autouse=True)
def _repeatable() -> None:
    make_repeatable(0, 1)


def _model(outputs: int = 3, activation: str = "softmax") -> keras.Model:
    layers = [
        keras.layers.Flatten(input_shape=SHAPE, name="flat"),
        keras.layers.Dense(outputs, activation, name="output"),
    ]
    return keras.Sequential(layers)


def _softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(-1, keepdims=True))
    return np.asarray(powers / powers.sum(-1, keepdims=True))


@pytest.mark.parametrize("temperature", [1.0, 4.0])
@pytest.mark.parametrize("logits", [True, False])
def test_the_loss_is_that_of_hinton_and_others(temperature: float, logits: bool) -> None:
    draw = np.random.default_rng(0)
    student, teacher = draw.normal(0, 3, (2, 5, 4)).astype(np.float32)
    hard = draw.random(5).astype(np.float32)
    scores = student if logits else _softmax(student)
    distillation = Distillation(_model(), weight=0.3, temperature=temperature)
    found = distillation.blend(tf.constant(hard), tf.constant(scores), logits, tf.constant(teacher))
    wanted, given = _softmax(teacher / temperature), _softmax(student / temperature)
    soft = -(wanted * np.log(given)).sum(-1)
    np.testing.assert_allclose(found, 0.7 * hard + 0.3 * temperature**2 * soft, rtol=1e-4)


@pytest.mark.parametrize(
    ("outputs", "activation"), [(3, "softmax"), (3, "linear"), (1, "sigmoid"), (1, "linear")]
)
def test_a_teacher_gives_logits_of_its_own_answers(outputs: int, activation: str) -> None:
    model = _model(outputs, activation)
    images = np.random.default_rng(0).random((7, *SHAPE), dtype=np.float32)
    answers = Distillation(model, 1, 1).answers_of(images, varied=False)
    order = tf.constant([3, 0])
    found = _softmax(answers(order, None).numpy())
    plain = model(images[[3, 0]]).numpy()
    if outputs == 1:
        yes = 1 / (1 + np.exp(-plain)) if activation == "linear" else plain
        expected = np.concatenate([1 - yes, yes], axis=-1)
    else:
        expected = plain if activation == "softmax" else _softmax(plain)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def _mislabelled(folder: Path) -> Dataset:
    """Images whose labels are all the same class."""
    data = tiny_dataset(folder)
    train = Split(data.train.images, np.zeros_like(data.train.labels))
    return replace(data, train=train)


def _pruned(teacher: keras.Model, data: Dataset, **changes: Any) -> keras.Model:
    make_repeatable(0, 1)
    settings = SCHEDULE | {"final_sparsity": 0.5, "epochs": 4, "learning_rate": 0.05} | changes
    return prune(teacher, data, ScheduleSettings.model_validate(settings))


@pytest.fixture
def teacher() -> keras.Model:
    """A model that tells the rows apart which the classes light."""
    model = _model()
    kernel = np.zeros((8, 8, 3), np.float32)
    for label in range(3):
        kernel[label * 2 : label * 2 + 2, :, label] = 0.5
    model.set_weights([kernel.reshape(64, 3), np.zeros(3, np.float32)])
    return model


def test_a_pruned_model_learns_from_the_baseline_what_no_label_says(
    teacher: keras.Model, tmp_path: Path
) -> None:
    data = _mislabelled(tmp_path)
    right = {
        weight: _pruned(teacher, data, distill=True, distill_weight=weight).history["val_accuracy"]
        for weight in (1.0, 0.001)
    }
    assert right[1.0][-1] == 1
    # With all but these labels, everything is of the first class.
    assert right[0.001][-1] < 0.5


@pytest.mark.long
def test_answers_in_the_step_are_those_in_the_table(teacher: keras.Model, tmp_path: Path) -> None:
    data = tiny_dataset(tmp_path)
    table = _pruned(teacher, data, distill=True)
    # A shift by no more than a pixel of images that are all black changes none of them.
    black = Images.of(np.zeros(data.train.images.shape, np.uint8), data.scale)
    still = replace(data, train=Split(black, data.train.labels))
    moved = replace(still, augment=AugmentSettings(shift=1))
    np.random.seed(0)
    one, other = (_pruned(teacher, each, distill=True, shuffle=False) for each in (still, moved))
    assert one.history["loss"] == pytest.approx(other.history["loss"], rel=1e-4)
    assert table.history["loss"] != one.history["loss"]
