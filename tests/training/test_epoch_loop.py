"""Whole epochs inside TensorFlow, against Keras' own way."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.utils.class_weight import compute_class_weight

from runner.backend import keras, make_repeatable, tf
from runner.data import dataset
from runner.data.dataset import Dataset
from runner.models import architectures
from runner.settings import AugmentSettings, BaselineSettings, DatasetSettings
from runner.training.augment import Augmentation, shift_images
from runner.training.epoch_loop import EpochLoop, evaluation_step
from runner.training.train import steps_per_epoch, train
from tests.helpers.tiny import write_npz


@pytest.fixture
def tiny(tmp_path: Path) -> Dataset:
    path = write_npz(tmp_path / "tiny.npz", images=130)
    return dataset.load(DatasetSettings(name="npz", path=path, validation_share=0.1), tmp_path)


def _model(tiny: Dataset) -> keras.Model:
    make_repeatable(0, 1)
    return architectures.build("mnist_cnn", tiny.shape, tiny.classes)


def test_training_is_what_keras_fit_does(tiny: Dataset) -> None:
    ours, theirs = _model(tiny), _model(tiny)
    settings = BaselineSettings(epochs=3, batch_size=8, learning_rate=0.01, shuffle=False)
    history = train(ours, tiny, settings).history
    theirs.compile(
        keras.optimizers.Adam(0.01), keras.losses.SparseCategoricalCrossentropy(), ["accuracy"]
    )
    held = (tiny.validation.images[:], tiny.validation.labels)
    expected = theirs.fit(
        tiny.train.images[:], tiny.train.labels, 8, 3, 0, shuffle=False, validation_data=held
    ).history
    expected["train_accuracy"] = expected.pop("accuracy")
    for name, values in history.items():
        assert values == pytest.approx(expected[name], rel=1e-4), name
    for one, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_other_settings_of_training_are_what_keras_does_with_them(tiny: Dataset) -> None:
    """Rare classes count more, and a momentum goes on while the learning rate falls."""
    few = tiny.train.labels != 1
    few[:20] = True
    split = tiny.train.part(few)
    uneven = replace(tiny, train=split)
    settings = BaselineSettings(
        epochs=3, batch_size=8, learning_rate=0.05, shuffle=False, optimizer="sgd", momentum=0.8,
        learning_rate_schedule="cosine", class_weights="balanced",
    )  # fmt: skip
    ours, theirs = _model(uneven), _model(uneven)
    train(ours, uneven, settings)
    rate = keras.optimizers.schedules.CosineDecay(0.05, 3 * steps_per_epoch(len(split.labels), 8))
    theirs.compile(
        keras.optimizers.SGD(rate, 0.8), keras.losses.SparseCategoricalCrossentropy(), ["accuracy"]
    )
    weights = compute_class_weight("balanced", classes=np.arange(3), y=split.labels)
    assert np.ptp(weights) > 0.3
    given = dict(enumerate(weights))
    theirs.fit(split.images[:], split.labels, 8, 3, 0, shuffle=False, class_weight=given)
    for one, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


@pytest.mark.long
def test_regularisation_changes_the_weights_and_not_the_reported_loss(tiny: Dataset) -> None:
    settings = BaselineSettings(epochs=1, batch_size=1000, learning_rate=0.01, shuffle=False)
    losses, kernels = [], []
    for regularizer in (None, keras.regularizers.L2(1.0)):
        make_repeatable(0, 1)
        model = keras.Sequential(
            [
                keras.layers.Flatten(input_shape=tiny.shape),
                keras.layers.Dense(3, "softmax", kernel_regularizer=regularizer),
            ]
        )
        losses.append(train(model, tiny, settings).history["loss"])
        kernels.append(model.get_weights()[0])
    assert losses[0] == losses[1]
    assert not np.array_equal(*kernels)


def test_an_epoch_goes_over_every_image_once_also_in_random_order(tiny: Dataset) -> None:
    model = _model(tiny)
    loop = EpochLoop(tiny.train, 7, evaluation_step(model))
    in_order, shuffled = loop.run_epoch(), loop.run_epoch(shuffle=True)
    assert in_order.accuracy == shuffled.accuracy
    assert in_order.loss == pytest.approx(shuffled.loss)
    scores = model(tiny.train.images[:]).numpy()
    assert in_order.accuracy == np.mean(scores.argmax(-1) == tiny.train.labels)
    losses = keras.losses.sparse_categorical_crossentropy(tiny.train.labels, scores)
    assert in_order.loss == pytest.approx(float(losses.numpy().mean()), rel=1e-4)


def test_shifted_images_are_moved_by_whole_pixels_and_filled_with_zeros() -> None:
    images = np.random.default_rng(0).random((4, 6, 6, 2), dtype=np.float32)
    shifts = np.array([[0, 0], [1, 0], [0, 2], [-1, -2]], np.int32)
    moved = shift_images(tf.constant(images), tf.constant(shifts)).numpy()
    expected = np.zeros_like(images)
    expected[0] = images[0]
    expected[1, :, :-1] = images[1, :, 1:]
    expected[2, :-2] = images[2, 2:]
    expected[3, 2:, 1:] = images[3, :-2, :-1]
    np.testing.assert_array_equal(moved, expected)


def test_images_are_moved_anew_in_every_epoch_and_each_by_itself(tiny: Dataset) -> None:
    make_repeatable(0, 1)
    seen: list[np.ndarray] = []

    def step(images: Any, labels: Any) -> tuple[Any, Any]:
        tf.numpy_function(lambda each: seen.append(each.copy()), [images], [])
        return tf.constant(0, tf.float64), tf.math.count_nonzero(labels)

    loop = EpochLoop(tiny.train, 1000, step, Augmentation(AugmentSettings(shift=1), tiny.scale))
    loop.run_epoch()
    loop.run_epoch()
    first, second = seen
    original = tiny.train.images[:]
    assert not np.array_equal(first, second)
    still = [np.array_equal(one, other) for one, other in zip(first, original, strict=True)]
    # One move in nine is none at all.
    assert 0 < sum(still) < len(still) / 3
    inner = np.pad(original, [(0, 0), (1, 1), (1, 1), (0, 0)])
    for image, padded in zip(first, inner, strict=True):
        moves = [padded[y : y + 8, x : x + 8] for x in range(3) for y in range(3)]
        assert any(np.array_equal(image, each) for each in moves)
