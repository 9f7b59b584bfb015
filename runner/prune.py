"""A dense model, the data and a schedule go in; a pruned copy and its layers' sparsity come out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from runner.backend import PruneLowMagnitude, keras, tf, tfmot
from runner.data import Dataset
from runner.pruning_steps import PruningSteps, pruning_steps
from runner.settings import ScheduleSettings
from runner.sparsity import LayerSparsity, measure_sparsity, prunable_weights
from runner.training import History, steps_per_epoch, train


@dataclass(frozen=True)
class Pruned:
    """A fine-tuned model without wrappers, its history, its sparsity by layer, its training time.

    The time is that inside training steps, in seconds.
    """

    model: keras.Model
    history: History
    layers: tuple[LayerSparsity, ...]
    training_seconds: float


class SparsityMissed(Exception):
    """The weights do not have the sparsity that was asked for."""


def prune(baseline: keras.Model, data: Dataset, settings: ScheduleSettings) -> Pruned:
    """Fine-tune a copy of the baseline while its smallest weights are set to zero.

    The baseline stays as it is. Source: Zhu and Gupta, "To prune, or not to prune", 2017.
    """
    # Wrapping shares the layer objects, so pruning would change the baseline in place.
    model = keras.models.clone_model(baseline)
    model.set_weights(baseline.get_weights())
    steps = steps_per_epoch(len(data.train.labels), settings.batch_size) * settings.epochs
    placed = pruning_steps(settings.begin, settings.end, steps)
    wrapped = _wrap(model, _schedule(settings, placed), settings.dense_layers)
    watch = _SparsityByEpoch(_prunable(wrapped))
    # The update callback masks the weights at the end of an epoch: the watch must come after it.
    callbacks = [tfmot.sparsity.keras.UpdatePruningStep(), watch]
    trained = train(wrapped, data, settings, callbacks)
    stripped = tfmot.sparsity.keras.strip_pruning(wrapped)
    layers = measure_sparsity(stripped, settings.final_sparsity, settings.dense_layers)
    history = {**trained.history, "epoch_sparsity": watch.sparsities}
    return Pruned(stripped, history, layers, trained.step_seconds)


def require_sparsity(layers: Sequence[LayerSparsity]) -> None:
    """Accept only what was asked for.

    Raises:
        SparsityMissed: a layer's share of exact zeros is off by more than rounding.
    """
    for layer in layers:
        # The toolkit rounds to whole weights and keeps at least one.
        if layer.asked is not None and abs(layer.zeros - layer.asked * layer.parameters) > 1:
            raise SparsityMissed(
                f"layer {layer.layer}: {layer.zeros} of {layer.parameters} weights are zero, "
                f"asked for {layer.asked:.4f} of them"
            )


def _schedule(settings: ScheduleSettings, steps: PruningSteps) -> Any:
    # A polynomial over a single step would divide by its length, zero.
    if settings.name == "constant" or steps.begin == steps.end:
        return tfmot.sparsity.keras.ConstantSparsity(
            settings.final_sparsity, steps.begin, steps.end, steps.frequency
        )
    return tfmot.sparsity.keras.PolynomialDecay(
        initial_sparsity=settings.initial_sparsity,
        final_sparsity=settings.final_sparsity,
        begin_step=steps.begin,
        end_step=steps.end,
        frequency=steps.frequency,
    )


def _wrap(model: keras.Model, schedule: Any, dense_layers: Sequence[str]) -> keras.Model:
    """Wrap the layers that have weights to prune; all others stay as they are."""

    def wrap(layer: keras.layers.Layer) -> keras.layers.Layer:
        if layer.name in dense_layers or not prunable_weights(layer):
            return layer
        return tfmot.sparsity.keras.prune_low_magnitude(layer, pruning_schedule=schedule)

    # AutoGraph would rewrite the wrapper's source code, again for every model, to no effect.
    clone = tf.autograph.experimental.do_not_convert(keras.models.clone_model)
    return clone(model, clone_function=wrap)


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
