"""A model and the data go in; it is trained in place, and its history by epoch comes out."""

import logging
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from runner.backend import keras
from runner.data.dataset import Dataset
from runner.training.epoch_loop import EpochFigures, EpochLoop, evaluation_step, training_step

log = logging.getLogger(__name__)

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


@dataclass(frozen=True)
class TrainingResult:
    """How training went by epoch, and how long its steps took, all epochs together."""

    history: History
    step_seconds: float


class Diverged(Exception):
    """Training has ended in numbers that are none."""

    def __init__(self, epoch: int, learning_rate: float) -> None:
        super().__init__(
            f"training diverged: the loss of epoch {epoch} is not a number; "
            f"the learning rate, {learning_rate:g}, may be too high"
        )


def train(
    model: keras.Model,
    data: Dataset,
    settings: TrainingSettings,
    callbacks: Sequence[Any] = (),
    logits: bool = False,
) -> TrainingResult:
    """Fit with Adam and crossentropy; the history has loss, train_accuracy, val_loss, val_accuracy.

    Each epoch that ends is logged with its number, from 1, and how many there are.

    Args:
        logits: whether the model gives logits rather than probabilities.

    Raises:
        Diverged: the loss of an epoch is no number.
    """
    # The older Adam is the same arithmetic, in one kernel a variable.
    model.compile(keras.optimizers.legacy.Adam(settings.learning_rate))
    # Else the first of two traces would do nothing but make what the optimizer remembers.
    model.optimizer._create_all_weights(model.trainable_variables)
    step = training_step(model, logits)
    learn = EpochLoop(data.train, settings.batch_size, step, data.shift)
    judge = EpochLoop(data.validation, _EVALUATION_BATCH, evaluation_step(model, logits))
    told = keras.callbacks.CallbackList(list(callbacks), model=model, epochs=settings.epochs)
    history: dict[str, list[float]] = {}
    seconds = 0.0
    _tell(0, settings.epochs, {})
    told.on_train_begin()
    for epoch in range(settings.epochs):
        told.on_epoch_begin(epoch)
        started = time.monotonic()
        trained = learn.epoch(settings.shuffle)
        seconds += time.monotonic() - started
        figures = _figures(trained, judge.epoch())
        for name, value in figures.items():
            history.setdefault(name, []).append(value)
        if not math.isfinite(trained.loss):
            raise Diverged(epoch + 1, settings.learning_rate)
        told.on_epoch_end(epoch)
        _tell(epoch + 1, settings.epochs, figures)
    told.on_train_end()
    return TrainingResult(history, seconds)


def _tell(done: int, of: int, figures: Mapping[str, float]) -> None:
    """Log how far training is; whoever shows progress reads the numbers from the record."""
    log.debug("epoch %d of %d %s", done, of, figures or "", extra={"epochs": (done, of)})


def _figures(trained: EpochFigures, judged: EpochFigures) -> dict[str, float]:
    return {
        "loss": trained.loss,
        "train_accuracy": trained.accuracy,
        "val_loss": judged.loss,
        "val_accuracy": judged.accuracy,
    }
