"""Train a model in place and record its losses and accuracies by epoch."""

import logging
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.backend import keras
from runner.data.dataset import Dataset
from runner.data.images import at_once
from runner.errors import StepFailed
from runner.models.summary import summary
from runner.training.augment import Augmentation
from runner.training.best_epoch import BestEpoch
from runner.training.class_weights import balanced
from runner.training.epoch_loop import EpochFigures, EpochLoop, evaluation_step, training_step
from runner.training.objective import LABELS, Objective
from runner.training.optimizer import optimizer
from runner.training.training_settings import TrainingSettings

log = logging.getLogger(__name__)

# Rows: one value per epoch.
History = Mapping[str, Sequence[float]]

_EVALUATION_BATCH = 1000


def steps_per_epoch(images: int, batch_size: int) -> int:
    """Count the training steps of one epoch; the last batch may be smaller."""
    return math.ceil(images / batch_size)


@dataclass(frozen=True)
class TrainingResult:
    """Hold what training left behind, besides the weights.

    Attributes:
        history: one value per epoch of losses and accuracies.
        step_seconds: time inside training steps, all epochs together.
        summary: Keras' table of the layers that were trained, with their wrappers.
    """

    history: History
    step_seconds: float
    summary: str


class Diverged(StepFailed):
    """The loss of an epoch is not a number."""

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
    objective: Objective = LABELS,
) -> TrainingResult:
    """Fit a model in place.

    The end of each epoch is logged, with its number, from 1, and the number of epochs. Without
    early stopping, the model ends with the weights after the last epoch.

    Args:
        model: takes images of (N, H, W, C) or the same values in another shape.
        data: trained on `train`; figures of `validation` are recorded after each epoch.
        settings: for how many epochs, and how.
        callbacks: Keras callbacks; called at the start and end of training and of epochs, at the
            end of an epoch with its figures by Keras' names.
        objective: what is minimized.

    Returns:
        A history of `loss`, `train_accuracy`, `val_loss` and `val_accuracy`, the seconds in
        training steps, and a summary of the model.

    Raises:
        Diverged: the loss of an epoch is not a number.
    """
    training = Training(model, data, settings, objective)
    return training.run(settings, callbacks, objective.first_epoch)


class Training:
    """A model with the traced loops that train and judge it; it can be trained more than once."""

    def __init__(
        self, model: keras.Model, data: Dataset, settings: TrainingSettings, objective: Objective
    ) -> None:
        """Compile the model and trace its loops; see `train` for the arguments."""
        self.model = model
        self._training, self._validation = _loops(model, data, settings, objective)

    def run(
        self, settings: TrainingSettings, callbacks: Sequence[Any] = (), first_epoch: int = 1
    ) -> TrainingResult:
        """Train; what is not traced, as shuffle, may be set otherwise than it was made with.

        Args:
            first_epoch: the first epoch, from 1, whose weights early stopping may take.

        Raises:
            Diverged: the loss of an epoch is not a number.
        """
        best = BestEpoch(self.model, settings.early_stopping, first_epoch)
        callback_list = _callback_list(callbacks, self.model, settings.epochs)
        rows: list[dict[str, float]] = []
        seconds = 0.0
        _log_progress(0, settings.epochs, {})
        callback_list.on_train_begin()
        for epoch in range(settings.epochs):
            callback_list.on_epoch_begin(epoch)
            started = time.monotonic()
            trained = self._training.run_epoch(settings.shuffle)
            seconds += time.monotonic() - started
            figures = _figures(trained, self._validation.run_epoch())
            rows.append(figures)
            if not math.isfinite(trained.loss):
                raise Diverged(epoch + 1, settings.learning_rate)
            callback_list.on_epoch_end(epoch, _by_keras_names(figures))
            _log_progress(epoch + 1, settings.epochs, figures)
            if best.ends(epoch + 1, figures["val_loss"]):
                break
        callback_list.on_train_end()
        best.restore()
        return TrainingResult(_by_name(rows), seconds, summary(self.model))


def _loops(
    model: keras.Model, data: Dataset, settings: TrainingSettings, objective: Objective
) -> tuple[EpochLoop, EpochLoop]:
    """Compile the model, and make the loops over the images to train and to validate on."""
    images, labels = data.train.images, data.train.labels
    _compile(model, optimizer(settings, steps_per_epoch(len(labels), settings.batch_size)))
    weights = balanced(labels) if settings.class_weights else None
    augmentation = Augmentation(data.augment, data.scale) if data.augment.varied else None
    distillation = objective.distillation
    varied = augmentation is not None
    answers = distillation.answers_of(images, varied) if distillation else None
    step = training_step(model, objective, weights)
    batch = at_once(data.validation.images, _EVALUATION_BATCH)
    return (
        EpochLoop(data.train, settings.batch_size, step, augmentation, answers),
        EpochLoop(data.validation, batch, evaluation_step(model, objective.logits)),
    )


def _callback_list(callbacks: Sequence[Any], model: keras.Model, epochs: int) -> Any:
    return keras.callbacks.CallbackList(list(callbacks), model=model, epochs=epochs)


def _compile(model: keras.Model, with_optimizer: Any) -> None:
    model.compile(with_optimizer)
    # Otherwise TensorFlow would trace the step twice, the first time only to create these weights.
    model.optimizer._create_all_weights(model.trainable_variables)


def _log_progress(finished: int, epochs: int, figures: Mapping[str, float]) -> None:
    """Log how many epochs are over; a display of progress reads the numbers from the record."""
    extra = {"epochs": (finished, epochs)}
    log.debug("epoch %d of %d %s", finished, epochs, figures or "", extra=extra)


def _figures(training: EpochFigures, validation: EpochFigures) -> dict[str, float]:
    return {
        "loss": training.loss,
        "train_accuracy": training.accuracy,
        "val_loss": validation.loss,
        "val_accuracy": validation.accuracy,
    }


def _by_name(rows: Sequence[Mapping[str, float]]) -> History:
    return {name: [row[name] for row in rows] for name in (rows[0] if rows else ())}


def _by_keras_names(figures: Mapping[str, float]) -> dict[str, float]:
    return {("accuracy" if name == "train_accuracy" else name): figures[name] for name in figures}
