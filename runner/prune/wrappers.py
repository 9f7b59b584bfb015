"""Wrap the layers of a model in TFMOT's wrappers, which prune them during training."""

from collections.abc import Mapping
from typing import Any

from runner.backend import PruneLowMagnitude, Pruning, keras, tf, tfmot
from runner.models.clone import replace_layers
from runner.prune.layer_rules import final_sparsities
from runner.prune.pattern import Pattern
from runner.prune.sparsity import prunable_weights
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
    wrapper = _BlockWrapper if Pattern.of(schedule).in_blocks else PruneLowMagnitude

    def replacement(layer: keras.layers.Layer) -> keras.layers.Layer:
        if layer.name not in requested:
            return layer
        return wrapper(
            layer,
            pruning_schedule=_tfmot_schedule(schedule, steps, requested[layer.name]),
            block_size=schedule.block_size,
            block_pooling_type=schedule.block_pooling.upper(),
            sparsity_m_by_n=schedule.m_by_n,
        )

    return replace_layers(model, replacement)


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


class _BlockPruning(Pruning):
    """Prune blocks by their own weights, also at the edges that blocks do not divide.

    TFMOT pools with padding on both sides but masks from the first weight on: where the last block
    lacks two rows or columns or more, it prunes blocks by their neighbours' weights. And where one
    block spans all rows or columns, its squeezed dimensions make it fail.
    """

    def _maybe_update_block_mask(self, weights: Any) -> tuple[Any, Any]:
        (rows, columns), (height, width) = weights.shape, self._block_size
        threshold, block_mask = self._update_mask(self._pool(weights))
        mask = tf.repeat(tf.repeat(block_mask, height, axis=0), width, axis=1)
        return threshold, mask[:rows, :columns]

    def _pool(self, weights: Any) -> Any:
        """Reduce the magnitudes of each block to one number, shape (rows, columns) of blocks."""
        (rows, columns), (height, width) = weights.shape, self._block_size
        edges = [[0, -rows % height], [0, -columns % width]]

        def in_blocks(values: Any) -> Any:
            return tf.reshape(tf.pad(values, edges), [-(-rows // height), height, -1, width])

        magnitudes = in_blocks(tf.abs(weights))
        if self._block_pooling_type == "MAX":
            return tf.reduce_max(magnitudes, axis=[1, 3])
        # The padding of the last blocks does not count.
        number = tf.reduce_sum(in_blocks(tf.ones_like(weights)), axis=[1, 3])
        return tf.reduce_sum(magnitudes, axis=[1, 3]) / number


class _BlockWrapper(PruneLowMagnitude):
    """Wrap a layer as TFMOT does, with the mask updates above."""

    def build(self, input_shape: Any) -> None:
        """Create the masks, and the object that updates them."""
        super().build(input_shape)
        self.pruning_obj = _BlockPruning(
            training_step_fn=lambda: self.pruning_step,
            pruning_vars=self.pruning_vars,
            pruning_schedule=self.pruning_schedule,
            block_size=self.block_size,
            block_pooling_type=self.block_pooling_type,
        )
