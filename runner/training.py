"""A model and the data go in; it is trained in place, and its history by epoch comes out."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from runner.backend import keras
from runner.data import Dataset

# Rows: one value per epoch.
History = Mapping[str, Sequence[float]]

# Steps that run as one call into TensorFlow: fewer returns to Python, the same arithmetic.
_STEPS_PER_CALL = 100
_EVALUATION_BATCH = 1000


class TrainingSettings(Protocol):
    """What the baseline and the schedule settings have in common, as both describe it."""

    @property
    def epochs(self) -> int: ...  # noqa: D102
    @property
    def batch_size(self) -> int: ...  # noqa: D102
    @property
    def learning_rate(self) -> float: ...  # noqa: D102
    @property
    def shuffle(self) -> bool: ...  # noqa: D102


def steps_per_epoch(images: int, batch_size: int) -> int:
    """Count the training steps of one epoch; the last batch may be smaller."""
    return math.ceil(images / batch_size)


def train(
    model: keras.Model, data: Dataset, settings: TrainingSettings, callbacks: Sequence[Any] = ()
) -> History:
    """Fit with Adam and crossentropy; return loss, train_accuracy, val_loss, val_accuracy."""
    steps = steps_per_epoch(len(data.train.labels), settings.batch_size)
    model.compile(
        optimizer=keras.optimizers.Adam(settings.learning_rate),
        loss=keras.losses.SparseCategoricalCrossentropy(),
        metrics=["accuracy"],
        steps_per_execution=min(_STEPS_PER_CALL, steps),
    )
    fitted = model.fit(
        data.train.images,
        data.train.labels,
        batch_size=settings.batch_size,
        epochs=settings.epochs,
        shuffle=settings.shuffle,
        validation_data=(data.validation.images, data.validation.labels),
        validation_batch_size=_EVALUATION_BATCH,
        callbacks=list(callbacks),
        verbose=0,
    )
    history = {name: [float(value) for value in values] for name, values in fitted.history.items()}
    history["train_accuracy"] = history.pop("accuracy")
    return history
