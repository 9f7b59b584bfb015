"""A Keras model goes in; the exact zeros of each weight that TFMOT can prune come out."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from runner.backend import PruneRegistry, keras


@dataclass(frozen=True)
class LayerSparsity:
    """Exact zeros among the prunable weights of one layer; asked is None for a dense layer."""

    layer: str
    weight: str
    shape: tuple[int, ...]
    parameters: int
    zeros: int
    asked: float | None

    @property
    def sparsity(self) -> float:
        """Share of zeros, from 0 to 1."""
        return self.zeros / self.parameters


def measure_sparsity(
    model: keras.Model, asked: float, dense_layers: Sequence[str] = ()
) -> tuple[LayerSparsity, ...]:
    """Count the exact zeros of every weight that TFMOT can prune."""
    return tuple(
        LayerSparsity(
            layer=layer.name,
            weight=weight.name.split("/")[-1].split(":")[0],
            shape=tuple(weight.shape),
            parameters=int(np.prod(weight.shape)),
            zeros=int(np.count_nonzero(weight.numpy() == 0)),
            asked=None if layer.name in dense_layers else asked,
        )
        for layer in model.layers
        for weight in prunable_weights(layer)
    )


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


def as_csv(layers: Sequence[LayerSparsity]) -> str:
    """Write one line a weight: where it is, how large, how many zeros, how many were asked for."""
    table = io.StringIO()
    rows = csv.writer(table, lineterminator="\n")
    rows.writerow(["layer", "weight", "shape", "parameters", "zeros", "sparsity", "asked"])
    for each in layers:
        shape = "x".join(map(str, each.shape))
        figures = [each.parameters, each.zeros, each.sparsity, each.asked]
        rows.writerow([each.layer, each.weight, shape, *figures])
    return table.getvalue()


def _parameters(layers: Sequence[LayerSparsity]) -> int:
    # A model without a prunable weight has no sparsity rather than an undefined one.
    return sum(layer.parameters for layer in layers) or 1
