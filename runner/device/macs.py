"""Count the multiplications of a TFLite file, from its operators and the shapes of tensors."""

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ai_edge_litert import schema_py_generated as schema

from runner.settings.targets import Target

Shape = tuple[int, ...]

_CODES = schema.BuiltinOperator
# TFLite Micro's operator that unpacks weights.
_DECODE = b"TFLM_DECODE"
# Which operators are run, or how often, is known only while they run; or they are many in one.
_UNKNOWN = {
    *(_CODES.CALL, _CODES.CALL_ONCE, _CODES.IF, _CODES.WHILE, _CODES.CUSTOM, _CODES.LSTM),
    *(_CODES.RNN, _CODES.SVDF, _CODES.UNIDIRECTIONAL_SEQUENCE_RNN),
    *(_CODES.UNIDIRECTIONAL_SEQUENCE_LSTM, _CODES.BIDIRECTIONAL_SEQUENCE_RNN),
    *(_CODES.BIDIRECTIONAL_SEQUENCE_LSTM,),
}


def macs_of(files: Mapping[Target, Path]) -> dict[str, float]:
    """Return the metric `macs` of a run, by the first of its TFLite files that tells it.

    Those of its other files are the same.
    """
    files_of_tflite = (path for path in files.values() if path.suffix == ".tflite")
    counts = (macs(path.read_bytes()) for path in files_of_tflite)
    found = next((count for count in counts if count is not None), None)
    return {} if found is None else {"macs": float(found)}


def macs(content: bytes) -> int | None:
    """Count the multiplications, each with an addition, that a file makes for one image.

    Those of convolutions, fully connected layers and products of matrices count; weights that are
    zero count as well, for ordinary kernels multiply by them too.

    Args:
        content: a TFLite file.

    Returns:
        None for a file with loops, branches, or operators that stand for a whole recurrent layer.

    Raises:
        Exception: of any kind, for a file that is damaged.
    """
    model = schema.Model.GetRootAs(content, 0)
    codes = [model.OperatorCodes(index) for index in range(model.OperatorCodesLength())]
    # Which of the two fields holds the code depends on the converter's version.
    kinds = [max(code.DeprecatedBuiltinCode(), code.BuiltinCode()) for code in codes]
    others = {kind for code, kind in zip(codes, kinds, strict=True) if code.CustomCode() != _DECODE}
    if model.SubgraphsLength() != 1 or _UNKNOWN & others:
        return None
    graph = model.Subgraphs(0)
    batch = _shape(graph, graph.Inputs(0))[0]
    operators = (graph.Operators(index) for index in range(graph.OperatorsLength()))
    return sum(_of(graph, each, kinds[each.OpcodeIndex()]) for each in operators) // batch


def _of(graph: Any, operator: Any, kind: int) -> int:
    count = _COUNTS.get(kind)
    if count is None:
        return 0
    inputs = [operator.Inputs(index) for index in range(operator.InputsLength())]
    taken = [_shape(graph, index) if index >= 0 else () for index in inputs]
    return count(taken, _shape(graph, operator.Outputs(0)))


def _shape(graph: Any, tensor: int) -> Shape:
    found = graph.Tensors(tensor)
    return tuple(found.Shape(side) for side in range(found.ShapeLength()))


def _convolution(inputs: Sequence[Shape], output: Shape) -> int:
    """Multiply each output with its window: the filter is (outputs, *window, inputs a group)."""
    return math.prod(output) * math.prod(inputs[1][1:])


def _depthwise(inputs: Sequence[Shape], output: Shape) -> int:
    """Multiply each output with a window of one channel: the filter is (1, *window, outputs)."""
    return math.prod(output) * math.prod(inputs[1][1:-1])


def _convolution_3d(inputs: Sequence[Shape], output: Shape) -> int:
    """Multiply each output with its window: the filter is (*window, inputs, outputs)."""
    return math.prod(output) * math.prod(inputs[1][:-1])


def _transposed(inputs: Sequence[Shape], _: Shape) -> int:
    """Multiply each input with the whole window: inputs are a shape, the filter, the images."""
    outputs, *window, _channels = inputs[1]
    return math.prod(inputs[2]) * math.prod(window) * outputs


def _connected(inputs: Sequence[Shape], output: Shape) -> int:
    """Multiply each output with a row of weights: these are (outputs, inputs)."""
    return math.prod(output) * inputs[1][-1]


def _matrices(inputs: Sequence[Shape], output: Shape) -> int:
    """Multiply each output with what both matrices share, which adjoining does not change."""
    first, second = math.prod(inputs[0][-2:]), math.prod(inputs[1][-2:])
    return math.prod(output) * math.isqrt(first * second // math.prod(output[-2:]))


_COUNTS: Mapping[int, Callable[[Sequence[Shape], Shape], int]] = {
    _CODES.CONV_2D: _convolution,
    _CODES.DEPTHWISE_CONV_2D: _depthwise,
    _CODES.CONV_3D: _convolution_3d,
    _CODES.TRANSPOSE_CONV: _transposed,
    _CODES.FULLY_CONNECTED: _connected,
    _CODES.BATCH_MATMUL: _matrices,
}
