"""Fine-tune a copy of a dense model while its smallest weights become zero."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from runner.backend import PruneLowMagnitude, keras, tfmot
from runner.data.dataset import Dataset
from runner.errors import StepFailed
from runner.models.clone import copy_model
from runner.prune.pattern import Pattern
from runner.prune.pruning_training import Growth, PruningTraining, kept_training
from runner.prune.sparsity import LayerSparsity, measure_sparsity, prunable_weights
from runner.prune.update_steps import pruning_steps
from runner.prune.wrappers import requested_sparsities
from runner.settings import ScheduleSettings
from runner.training.distillation import Distillation
from runner.training.train import History, steps_per_epoch


@dataclass(frozen=True)
class PruningResult:
    """Hold a fine-tuned model without wrappers, and how it became sparse.

    Attributes:
        model: the pruned model; it can be saved and exported.
        history: one value per epoch of the losses, the accuracies and the sparsity.
        layers: zeros of each weight that TFMOT can prune.
        training_seconds: time inside training steps, all epochs together.
        summary: Keras' table of the layers while they were pruned, with TFMOT's wrappers.
        requested_sparsities: final sparsity, from 0 to 1, by layer name; without dense layers.
        pattern: how the zeros should lie.
    """

    model: keras.Model
    history: History
    layers: tuple[LayerSparsity, ...]
    training_seconds: float
    summary: str
    requested_sparsities: Mapping[str, float]
    pattern: Pattern


class SparsityMissed(StepFailed):
    """The weights do not have the sparsity that the settings ask for."""


def prune(
    baseline: keras.Model,
    data: Dataset,
    settings: ScheduleSettings,
    watching: Sequence[Any] = (),
    teacher: keras.Model | None = None,
) -> PruningResult:
    """Fine-tune a copy of the baseline while its smallest weights are set to zero.

    The baseline stays as it is. Early stopping takes the weights of an epoch that ends with the
    final sparsity.

    Args:
        baseline: the dense model, or the narrow one that was made of it.
        watching: Keras callbacks that change nothing.
        teacher: the dense model that distillation learns from; None for the baseline.

    Source: Zhu and Gupta, "To prune, or not to prune", 2017.

    Raises:
        Diverged: the loss of an epoch is not a number.
    """
    return _Pruning(baseline, data, settings, teacher).run(PruningTraining.of, watching)


def prune_again(
    baseline: keras.Model,
    data: Dataset,
    settings: ScheduleSettings,
    watching: Sequence[Any] = (),
    teacher: keras.Model | None = None,
) -> PruningResult:
    """Do the same as `prune` with a training that this process keeps for models of one kind.

    How many random numbers it takes depends on what was done before, except those for the order of
    images: nothing random may follow.

    Raises:
        Diverged: the loss of an epoch is not a number.
    """
    result = _Pruning(baseline, data, settings, teacher).run(kept_training, watching)
    return replace(result, model=copy_model(result.model))


@dataclass(frozen=True)
class _Pruning:
    baseline: keras.Model
    data: Dataset
    settings: ScheduleSettings
    teacher: keras.Model | None

    def run(self, make: Callable[..., PruningTraining], watching: Sequence[Any]) -> PruningResult:
        """Train, and measure the zeros."""
        baseline, data, settings = self.baseline, self.data, self.settings
        steps = steps_per_epoch(len(data.train.labels), settings.batch_size)
        mask_updates = pruning_steps(settings.begin, settings.end, steps * settings.epochs)
        requested, pattern = requested_sparsities(baseline, settings), Pattern.of(settings)
        distillation = _distillation(settings, self.teacher or baseline)
        growth = Growth(mask_updates, requested)
        prepared = make(baseline, data, settings, growth, distillation)
        by_epoch = _SparsityByEpoch(_prunable(prepared.wrapped))
        # The update callback masks the weights at the end of an epoch: zeros are counted after it.
        callbacks = [tfmot.sparsity.keras.UpdatePruningStep(), by_epoch, *watching]
        first_epoch = math.ceil(mask_updates.end / steps)
        trained = prepared.training.run(settings, callbacks, first_epoch)
        return PruningResult(
            model=prepared.stripped,
            history={**trained.history, "epoch_sparsity": by_epoch.sparsities},
            layers=measure_sparsity(prepared.stripped, requested, pattern),
            training_seconds=trained.step_seconds,
            summary=trained.summary,
            requested_sparsities=requested,
            pattern=pattern,
        )


def require_sparsity(layers: Sequence[LayerSparsity]) -> None:
    """Check that each layer has the zeros that the settings ask for.

    Raises:
        SparsityMissed: a layer's zeros, or blocks or groups of them, are off by more than rounding.
    """
    for layer in layers:
        if layer.mismatch:
            raise SparsityMissed(f"layer {layer.layer}: {layer.mismatch}")


def _distillation(settings: ScheduleSettings, teacher: keras.Model) -> Distillation | None:
    if not settings.distill:
        return None
    return Distillation(teacher, settings.distill_weight, settings.distill_temperature)


def _prunable(wrapped: keras.Model) -> list[Any]:
    """List the weights that could be pruned, under a wrapper or left dense."""
    layers = [
        layer.layer if isinstance(layer, PruneLowMagnitude) else layer for layer in wrapped.layers
    ]
    return [weight for layer in layers for weight in prunable_weights(layer)]


class _SparsityByEpoch(keras.callbacks.Callback):
    """Record the share of zeros among the given weights at the end of every epoch."""

    def __init__(self, weights: Sequence[Any]) -> None:
        super().__init__()
        self._weights = weights
        self.sparsities: list[float] = []

    def on_epoch_end(self, _: int, __: dict[str, float] | None = None) -> None:
        """Count the zeros."""
        values = [weight.numpy() for weight in self._weights]
        size = sum(value.size for value in values)
        zeros = sum(int((value == 0).sum()) for value in values)
        self.sparsities.append(zeros / size if size else 0.0)
