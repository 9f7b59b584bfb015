"""Wrap the layers of a model in TFMOT's wrappers, which prune them during training."""

from collections.abc import Mapping
from typing import Any

from runner import backend
from runner.backend import keras, tfmot
from runner.models.clone import replace_layers
from runner.prune.layer_rules import final_sparsities
from runner.prune.mask_update import MaskUpdate
from runner.prune.sparsity import prunable_weights
from runner.prune.sparsity_schedule import SparsitySchedule, kept_shares
from runner.prune.update_steps import PruningSteps
from runner.settings import ScheduleSettings


def prunable_layers(model: keras.Model, schedule: ScheduleSettings) -> list[keras.layers.Layer]:
    """List the layers that have weights to prune, and that the schedule's policy lets prune."""
    layers = [layer for layer in model.layers if prunable_weights(layer)]
    if schedule.policy == "all":
        return layers
    allows = tfmot.sparsity.keras.PruneForLatencyOnXNNPack().allow_pruning
    return [layer for layer in layers if allows(layer)]


def requested_sparsities(model: keras.Model, schedule: ScheduleSettings) -> dict[str, float]:
    """Return the final sparsity, from 0 to 1, of each layer that is pruned, by name."""
    names = [layer.name for layer in prunable_layers(model, schedule)]
    return final_sparsities(names, schedule)


def wrap(
    model: keras.Model,
    schedule: ScheduleSettings,
    steps: PruningSteps,
    requested: Mapping[str, float],
) -> keras.Model:
    """Wrap the layers that become sparse; all layers are shared with the model.

    Args:
        requested: final sparsity by layer name; layers without one stay as they are.
    """

    def replacement(layer: keras.layers.Layer) -> keras.layers.Layer:
        if layer.name not in requested:
            return layer
        return PruneLowMagnitude(
            layer,
            pruning_schedule=SparsitySchedule(),
            block_size=schedule.block_size,
            block_pooling_type=schedule.block_pooling.upper(),
            sparsity_m_by_n=schedule.m_by_n,
        )

    wrapped = replace_layers(model, replacement)
    set_sparsities(wrapped, schedule, steps, requested)
    return wrapped


def set_sparsities(
    wrapped: keras.Model,
    schedule: ScheduleSettings,
    steps: PruningSteps,
    requested: Mapping[str, float],
) -> None:
    """Set when the wrapped layers become how sparse.

    Args:
        requested: final sparsity by the name of the layer without its wrapper.
    """
    tables = {
        final: kept_shares(_tfmot_schedule(schedule, steps, final), steps)
        for final in set(requested.values())
    }
    for layer in wrapped.layers:
        if isinstance(layer, PruneLowMagnitude):
            layer.pruning_schedule.set(steps, tables[requested[layer.layer.name]])


def _tfmot_schedule(schedule: ScheduleSettings, steps: PruningSteps, final: float) -> Any:
    # A polynomial over a single step would divide by its length, zero.
    if schedule.name == "constant" or steps.begin == steps.end:
        return tfmot.sparsity.keras.ConstantSparsity(final, steps.begin, steps.end, steps.frequency)
    return tfmot.sparsity.keras.PolynomialDecay(
        initial_sparsity=min(schedule.initial_sparsity, final),
        final_sparsity=final,
        begin_step=steps.begin,
        end_step=steps.end,
        frequency=steps.frequency,
    )


class PruneLowMagnitude(backend.PruneLowMagnitude):
    """Wrap a layer as TFMOT does, with mask updates of our own.

    It has the name of TFMOT's class, because Keras names the layers of the summary by it.
    """

    def build(self, input_shape: Any) -> None:
        """Create the masks, and the object that updates them."""
        super().build(input_shape)
        self.pruning_obj = MaskUpdate(
            training_step_fn=lambda: self.pruning_step,
            pruning_vars=self.pruning_vars,
            pruning_schedule=self.pruning_schedule,
            block_size=self.block_size,
            block_pooling_type=self.block_pooling_type,
            sparsity_m_by_n=self.sparsity_m_by_n,
        )
