"""Check that a compression stage keeps the zeros and the shared values of the stages before it."""

from collections.abc import Sequence

import numpy as np

from runner.backend import keras
from runner.errors import StepFailed
from runner.prune.sparsity import LayerSparsity, prunable_weights


class StageBroke(StepFailed):
    """A stage has lost zeros or shared values of the stages before it."""


def require_zeros_and_clusters(
    stage: str,
    before: Sequence[LayerSparsity],
    after: Sequence[LayerSparsity],
    clusters: int | None,
) -> None:
    """Check that no layer lost zeros or, where clusters is a number, has more values than that.

    Args:
        stage: name of the stage in an error.
        before: the layers before the stage.
        after: the same layers after it, in the same order.
        clusters: number of values that a layer may have, zero included; None for any number.

    Raises:
        StageBroke: a layer has fewer zeros than before, or more different values than clusters.
    """
    for old, new in zip(before, after, strict=True):
        if new.zeros < old.zeros:
            raise StageBroke(
                f"{stage}: layer {new.layer} has {new.zeros} zeros left of {old.zeros}, "
                f"among {new.parameters} weights"
            )
        if clusters is not None and new.distinct > clusters:
            raise StageBroke(
                f"{stage}: layer {new.layer} has {new.distinct} different values, "
                f"asked for at most {clusters}"
            )


def require_zero_positions(stage: str, before: keras.Model, after: keras.Model) -> None:
    """Check that weights are zero wherever they were, so that blocks and m of n stay whole.

    Args:
        stage: name of the stage in an error.
        before: the model before the stage.
        after: the model after it, with layers of the same names.

    Raises:
        StageBroke: a layer has other values where it had zeros.
    """
    for layer in before.layers:
        pairs = zip(
            prunable_weights(layer), prunable_weights(after.get_layer(layer.name)), strict=True
        )
        for old, new in pairs:
            lost = int(np.count_nonzero((old.numpy() == 0) & (new.numpy() != 0)))
            if lost:
                raise StageBroke(f"{stage}: layer {layer.name} has lost {lost} of its zeros")
