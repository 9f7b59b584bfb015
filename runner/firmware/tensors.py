"""Describe what goes into a TFLite file and what comes out of it."""

import math
from dataclasses import dataclass
from typing import Any

from ai_edge_litert import schema_py_generated as schema

_TYPES = {
    schema.TensorType.FLOAT32: "float",
    schema.TensorType.INT8: "std::int8_t",
    schema.TensorType.UINT8: "std::uint8_t",
    schema.TensorType.INT16: "std::int16_t",
}


@dataclass(frozen=True)
class Tensor:
    """An input or an output: a number is (value - zero_point) * scale, float32 the value itself.

    Attributes:
        type: of a value, in C++; empty for one that no file of ours has.
    """

    type: str
    shape: tuple[int, ...]
    scale: float = 1.0
    zero_point: int = 0

    @property
    def values(self) -> int:
        """How many values it holds."""
        return math.prod(self.shape)

    @property
    def is_float(self) -> bool:
        """Whether its values are the numbers themselves."""
        return self.type == "float"


def input_and_output(model: Any) -> tuple[Tensor, Tensor]:
    """Describe the only input and the only output of a file.

    Args:
        model: the file, as the schema's reader gives it.

    Raises:
        ValueError: there are others.
    """
    graph = model.Subgraphs(0)
    if (graph.InputsLength(), graph.OutputsLength()) != (1, 1):
        raise ValueError(f"it has {graph.InputsLength()} inputs, {graph.OutputsLength()} outputs")
    return _tensor(graph.Tensors(graph.Inputs(0))), _tensor(graph.Tensors(graph.Outputs(0)))


def _tensor(tensor: Any) -> Tensor:
    if tensor.Type() not in _TYPES:
        raise ValueError(f"it takes or gives values of the type {tensor.Type()}")
    kind = _TYPES[tensor.Type()]
    shape = tuple(int(tensor.Shape(axis)) for axis in range(tensor.ShapeLength()))
    quantization = tensor.Quantization()
    if kind == "float" or quantization is None or not quantization.ScaleLength():
        return Tensor(kind, shape)
    return Tensor(kind, shape, quantization.Scale(0), int(quantization.ZeroPoint(0)))
