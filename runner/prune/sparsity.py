"""Count the exact zeros of each weight that TFMOT can prune."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from runner.backend import PruneRegistry, keras
from runner.prune.pattern import UNSTRUCTURED, Pattern


@dataclass(frozen=True)
class LayerSparsity:
    """Hold what was counted in one prunable weight of a layer.

    Attributes:
        layer: name of the layer in Keras.
        weight: name of the weight in its layer, as `kernel`.
        shape: shape of the weight in Keras.
        parameters: number of its values.
        zeros: number of values that are exactly zero.
        distinct: number of different values.
        requested_sparsity: share of zeros asked for, from 0 to 1; None for a dense layer.
        mismatch: how the zeros differ from those asked for, in words; None if by rounding at most.
    """

    layer: str
    weight: str
    shape: tuple[int, ...]
    parameters: int
    zeros: int
    distinct: int
    requested_sparsity: float | None
    mismatch: str | None = None

    @property
    def sparsity(self) -> float:
        """Share of zeros, from 0 to 1."""
        return self.zeros / self.parameters


def measure_sparsity(
    model: keras.Model, requested: Mapping[str, float], pattern: Pattern = UNSTRUCTURED
) -> tuple[LayerSparsity, ...]:
    """Count the exact zeros and the distinct values of every weight that TFMOT can prune.

    Args:
        requested: the final sparsity by layer name, without the layers that stay dense.
        pattern: how the zeros should lie.
    """
    return tuple(
        _measure_weight(layer.name, weight, requested.get(layer.name), pattern)
        for layer in model.layers
        for weight in prunable_weights(layer)
    )


def _measure_weight(
    layer: str, weight: Any, requested: float | None, pattern: Pattern
) -> LayerSparsity:
    values = weight.numpy()
    return LayerSparsity(
        layer=layer,
        weight=short_name(weight),
        shape=values.shape,
        parameters=values.size,
        zeros=int(np.count_nonzero(values == 0)),
        distinct=len(np.unique(values)),
        requested_sparsity=requested,
        mismatch=None if requested is None else pattern.mismatch(values, requested),
    )


def short_name(weight: Any) -> str:
    """Name a weight as its layer does: `kernel`, not `conv/kernel:0`."""
    return str(weight.name).split("/")[-1].split(":")[0]


def prunable_weights(layer: keras.layers.Layer) -> Sequence[Any]:
    """List the weights of a layer that TFMOT can prune; none for a layer it does not know."""
    if not PruneRegistry.supports(layer):
        return []
    weights: Sequence[Any] = PruneRegistry.make_prunable(layer).get_prunable_weights()
    return weights


def total_sparsity(layers: Sequence[LayerSparsity]) -> float:
    """Return the share of exact zeros among all prunable weights, dense layers included."""
    return sum(layer.zeros for layer in layers) / _parameters(layers)


def total_requested_sparsity(layers: Sequence[LayerSparsity]) -> float:
    """Return the share of zeros asked for among all prunable weights, dense layers included."""
    return sum(
        (layer.requested_sparsity or 0.0) * layer.parameters for layer in layers
    ) / _parameters(layers)


def _parameters(layers: Sequence[LayerSparsity]) -> int:
    # A model without a prunable weight has no sparsity rather than an undefined one.
    return sum(layer.parameters for layer in layers) or 1


def sparsity_figures(layers: Sequence[LayerSparsity]) -> dict[str, float]:
    """Name the metrics of all layers together: the share of zeros, and how far it is off."""
    sparsity = total_sparsity(layers)
    return {"sparsity": sparsity, "sparsity_error": sparsity - total_requested_sparsity(layers)}
