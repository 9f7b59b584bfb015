"""A model and the data go in; it is trained in place, and its history by epoch comes out."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from runner.backend import keras
from runner.data import Dataset
from runner.resident_loop import EpochFigures, ResidentLoop, judging_step, training_step

# Rows: one value per epoch.
History = Mapping[str, Sequence[float]]

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
    # The older Adam is the same arithmetic, in one kernel a variable.
    model.compile(keras.optimizers.legacy.Adam(settings.learning_rate))
    learn = ResidentLoop(data.train, settings.batch_size, training_step(model, model.optimizer))
    judge = ResidentLoop(data.validation, _EVALUATION_BATCH, judging_step(model))
    told = keras.callbacks.CallbackList(list(callbacks), model=model, epochs=settings.epochs)
    history: dict[str, list[float]] = {}
    told.on_train_begin()
    for epoch in range(settings.epochs):
        told.on_epoch_begin(epoch)
        trained, judged = learn.epoch(settings.shuffle), judge.epoch()
        for name, value in _figures(trained, judged).items():
            history.setdefault(name, []).append(value)
        told.on_epoch_end(epoch)
    told.on_train_end()
    return history


def _figures(trained: EpochFigures, judged: EpochFigures) -> dict[str, float]:
    return {
        "loss": trained.loss,
        "train_accuracy": trained.accuracy,
        "val_loss": judged.loss,
        "val_accuracy": judged.accuracy,
    }
