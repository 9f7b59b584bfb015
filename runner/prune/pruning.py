"""A dense model, the data and a schedule go in; a pruned copy and its layers' sparsity come out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.backend import PruneLowMagnitude, keras, tfmot
from runner.data.dataset import Dataset
from runner.models.clone import copied
from runner.models.outputs import gives_logits
from runner.prune.pattern import Pattern
from runner.prune.sparsity import LayerSparsity, measure_sparsity, prunable_weights
from runner.prune.update_steps import pruning_steps
from runner.prune.wrappers import asked_sparsities, wrap
from runner.settings import ScheduleSettings
from runner.training.train import History, steps_per_epoch, train


@dataclass(frozen=True)
class Pruned:
    """A fine-tuned model without wrappers, its history, its sparsity by layer, its training time.

    The time is that inside training steps, in seconds. What was asked for is the final sparsity by
    layer name, without the layers left dense, and the pattern in which the zeros should lie.
    """

    model: keras.Model
    history: History
    layers: tuple[LayerSparsity, ...]
    training_seconds: float
    asked: Mapping[str, float]
    pattern: Pattern


class SparsityMissed(Exception):
    """The weights do not have the sparsity that was asked for."""


def prune(baseline: keras.Model, data: Dataset, settings: ScheduleSettings) -> Pruned:
    """Fine-tune a copy of the baseline while its smallest weights are set to zero.

    The baseline stays as it is. Source: Zhu and Gupta, "To prune, or not to prune", 2017.
    """
    # Wrapping shares the layer objects, so pruning would change the baseline in place.
    model = copied(baseline)
    steps = steps_per_epoch(len(data.train.labels), settings.batch_size) * settings.epochs
    placed = pruning_steps(settings.begin, settings.end, steps)
    asked, pattern = asked_sparsities(model, settings), Pattern.of(settings)
    wrapped = wrap(model, settings, placed, asked)
    watch = _SparsityByEpoch(_prunable(wrapped))
    # The update callback masks the weights at the end of an epoch: the watch must come after it.
    callbacks = [tfmot.sparsity.keras.UpdatePruningStep(), watch]
    trained = train(wrapped, data, settings, callbacks, gives_logits(model))
    stripped = tfmot.sparsity.keras.strip_pruning(wrapped)
    layers = measure_sparsity(stripped, asked, pattern)
    history = {**trained.history, "epoch_sparsity": watch.sparsities}
    return Pruned(stripped, history, layers, trained.step_seconds, asked, pattern)


def require_sparsity(layers: Sequence[LayerSparsity]) -> None:
    """Accept only what was asked for.

    Raises:
        SparsityMissed: a layer's zeros, or blocks or groups of them, are off by more than rounding.
    """
    for layer in layers:
        if layer.missed:
            raise SparsityMissed(f"layer {layer.layer}: {layer.missed}")


def _prunable(wrapped: keras.Model) -> list[Any]:
    """List the weights that could be pruned, under a wrapper or left dense."""
    wrapper = PruneLowMagnitude
    layers = [each.layer if isinstance(each, wrapper) else each for each in wrapped.layers]
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
