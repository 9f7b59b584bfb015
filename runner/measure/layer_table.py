"""A model and what its files weigh go in; a table of its weights, layer by layer, comes out."""

import csv
import io
from collections.abc import Mapping, Sequence

import numpy as np

from runner.backend import keras
from runner.prune.sparsity import LayerSparsity, short_name

# Bytes in one file by layer and weight.
WeightBytes = Mapping[tuple[str, str], int]

_BYTES = "bytes/"
_FIGURES = ("parameters", "zeros", "sparsity", "distinct", "prunable", "asked")
_STAGE = ("stage", "layer", "weight", "parameters", "zeros", "sparsity", "distinct")


def layers_csv(
    model: keras.Model,
    layers: Sequence[LayerSparsity],
    files: Mapping[str, WeightBytes],
    earlier: str = "",
) -> str:
    """Write one line a weight: its size, its exact zeros and distinct values, its bytes in files.

    Args:
        layers: the weights that can be pruned, as measured.
        files: the bytes of each weight by target; empty where a weight has no tensor of its own
            there, as batch normalisation that became part of a convolution.
        earlier: this table as it was written before; its columns of other targets are kept.
    """
    prunable = {(each.layer, each.weight): each for each in layers}
    kept = _bytes_in(earlier)
    targets = [*(target for target in kept if target not in files), *files]
    known = {**kept, **files}
    table = io.StringIO()
    rows = csv.writer(table, lineterminator="\n")
    rows.writerow(["layer", "weight", "shape", *_FIGURES, *(_BYTES + each for each in targets)])
    for layer in model.layers:
        for weight in layer.weights:
            key = layer.name, short_name(weight)
            weighed = [known[target].get(key) for target in targets]
            rows.writerow([*key, *_figures(weight.numpy(), prunable.get(key)), *weighed])
    return table.getvalue()


def stages_csv(stages: Mapping[str, Sequence[LayerSparsity]]) -> str:
    """Write one line a stage and prunable weight: the zeros and distinct values after it."""
    table = io.StringIO()
    rows = csv.writer(table, lineterminator="\n")
    rows.writerow(_STAGE)
    for stage, layers in stages.items():
        for each in layers:
            figures = [each.parameters, each.zeros, each.sparsity, each.distinct]
            rows.writerow([stage, each.layer, each.weight, *figures])
    return table.getvalue()


def _figures(values: np.ndarray, pruned: LayerSparsity | None) -> list[object]:
    zeros = int(np.count_nonzero(values == 0))
    size = int(values.size)
    shape = "x".join(map(str, values.shape))
    distinct = len(np.unique(values))
    asked = pruned.requested_sparsity if pruned else None
    return [shape, size, zeros, zeros / size if size else 0.0, distinct, pruned is not None, asked]


def _bytes_in(table: str) -> dict[str, WeightBytes]:
    """Read back the columns of bytes."""
    lines = list(csv.DictReader(table.splitlines()))
    names = [name for name in (lines[0] if lines else {}) if name.startswith(_BYTES)]
    return {
        name.removeprefix(_BYTES): {
            (line["layer"], line["weight"]): int(line[name]) for line in lines if line[name]
        }
        for name in names
    }
