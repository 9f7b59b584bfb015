"""A Keras model goes in; the exact zeros of each weight that TFMOT can prune come out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from runner.backend import PruneRegistry, keras
from runner.prune.pattern import EACH_WEIGHT, Pattern


@dataclass(frozen=True)
class LayerSparsity:
    """Exact zeros and values of a layer's prunable weights; asked is None for a dense layer.

    What is missed says how the zeros differ from those asked for; None if by no more than rounding.
    """

    layer: str
    weight: str
    shape: tuple[int, ...]
    parameters: int
    zeros: int
    distinct: int
    asked: float | None
    missed: str | None = None

    @property
    def sparsity(self) -> float:
        """Share of zeros, from 0 to 1."""
        return self.zeros / self.parameters


def measure_sparsity(
    model: keras.Model, asked: Mapping[str, float], pattern: Pattern = EACH_WEIGHT
) -> tuple[LayerSparsity, ...]:
    """Count the exact zeros and the distinct values of every weight that TFMOT can prune.

    Args:
        asked: the final sparsity by layer name, without the layers that are left dense.
        pattern: how the zeros were asked to lie.
    """
    return tuple(
        _measured(layer.name, weight, asked.get(layer.name), pattern)
        for layer in model.layers
        for weight in prunable_weights(layer)
    )


def _measured(layer: str, weight: Any, asked: float | None, pattern: Pattern) -> LayerSparsity:
    values = weight.numpy()
    return LayerSparsity(
        layer=layer,
        weight=short_name(weight),
        shape=values.shape,
        parameters=values.size,
        zeros=int(np.count_nonzero(values == 0)),
        distinct=len(np.unique(values)),
        asked=asked,
        missed=None if asked is None else pattern.missed(values, asked),
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
    """Return the share of exact zeros among all prunable weights, those left dense included."""
    return sum(layer.zeros for layer in layers) / _parameters(layers)


def total_asked(layers: Sequence[LayerSparsity]) -> float:
    """Return the share of zeros that was asked for among the same weights."""
    return sum((layer.asked or 0.0) * layer.parameters for layer in layers) / _parameters(layers)


def _parameters(layers: Sequence[LayerSparsity]) -> int:
    # A model without a prunable weight has no sparsity rather than an undefined one.
    return sum(layer.parameters for layer in layers) or 1
