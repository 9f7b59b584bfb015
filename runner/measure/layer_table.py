"""Write tables of the weights of a model, layer by layer, as CSV."""

from collections.abc import Mapping, Sequence

import numpy as np

from runner.backend import keras
from runner.escaping.spreadsheet import csv_records, csv_text
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
    """Return a table of one line a weight: its size, zeros, distinct values and bytes in files.

    Args:
        model: the model whose weights are listed.
        layers: the weights that TFMOT can prune, as measured.
        files: bytes of each weight by target; a weight that has no tensor of its own in a file is
            missing there, as batch normalization that became part of a convolution.
        earlier: this table as it was written before; its columns of other targets are kept.
    """
    prunable = {(sparsity.layer, sparsity.weight): sparsity for sparsity in layers}
    earlier_files = _bytes_in(earlier)
    targets = [*(target for target in earlier_files if target not in files), *files]
    all_files = {**earlier_files, **files}
    head = ["layer", "weight", "shape", *_FIGURES, *(_BYTES + target for target in targets)]
    lines: list[Sequence[object]] = [head]
    for layer in model.layers:
        for weight in layer.weights:
            key = layer.name, short_name(weight)
            sizes = [all_files[target].get(key) for target in targets]
            lines.append([*key, *_figures(weight.numpy(), prunable.get(key)), *sizes])
    return csv_text(lines)


def stages_csv(stages: Mapping[str, Sequence[LayerSparsity]]) -> str:
    """Return a table of one line for each stage and prunable weight: its zeros and distinct values.

    Args:
        stages: what was measured after each stage, by its name, in the order of the stages.
    """
    lines: list[Sequence[object]] = [_STAGE]
    for stage, layers in stages.items():
        for weight in layers:
            figures = [weight.parameters, weight.zeros, weight.sparsity, weight.distinct]
            lines.append([stage, weight.layer, weight.weight, *figures])
    return csv_text(lines)


def _figures(values: np.ndarray, pruned: LayerSparsity | None) -> list[object]:
    zeros = int(np.count_nonzero(values == 0))
    size = int(values.size)
    shape = "x".join(map(str, values.shape))
    distinct = len(np.unique(values))
    share = zeros / size if size else 0.0
    requested = pruned.requested_sparsity if pruned else None
    return [shape, size, zeros, share, distinct, pruned is not None, requested]


def _bytes_in(table: str) -> dict[str, WeightBytes]:
    """Read the columns of bytes of a table, by target."""
    lines = csv_records(table)
    names = [name for name in (lines[0] if lines else {}) if name.startswith(_BYTES)]
    return {
        name.removeprefix(_BYTES): {
            (line["layer"], line["weight"]): int(line[name]) for line in lines if line[name]
        }
        for name in names
    }
