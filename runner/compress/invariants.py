"""What a stage came to goes in; it passes, or an exception names what the stage has broken."""

from collections.abc import Sequence

import numpy as np

from runner.backend import keras
from runner.prune.sparsity import LayerSparsity, prunable_weights


class StageBroke(Exception):
    """A stage has undone what the stages before it did."""


def require_kept(
    stage: str,
    before: Sequence[LayerSparsity],
    after: Sequence[LayerSparsity],
    clusters: int | None,
) -> None:
    """Accept only layers with all their zeros and, where clusters is a number, few enough values.

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


def require_places(stage: str, before: keras.Model, after: keras.Model) -> None:
    """Accept only a model whose weights are zero wherever they were: blocks and m of n stay so.

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
