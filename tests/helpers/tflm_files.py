"""Build TFLite files of dense layers, and decode what DECODE reads, by code of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray

Values = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Dense:
    """A dense layer; its weights have the shape (outputs, inputs)."""

    weights: Values
    scales: Sequence[float] = ()
    zero_points: Sequence[int] = ()


def dense_file(*graphs: Sequence[Dense], shared: bool = False) -> bytes:
    """Write a file of some subgraphs of layers, one after the other, in float or int8.

    Args:
        shared: whether equal weights lie in one buffer.
    """
    model = schema.ModelT()
    model.version, model.description = 3, b"test"
    code = schema.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = schema.BuiltinOperator.FULLY_CONNECTED
    code.version = 1
    model.operatorCodes, model.buffers = [code], [schema.BufferT()]
    model.subgraphs = [_graph(model, layers, shared) for layers in graphs]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def _graph(model: Any, layers: Sequence[Dense], shared: bool) -> Any:
    graph = schema.SubGraphT()
    graph.tensors, graph.operators = [], []
    integers = layers[0].weights.dtype == np.int8
    last = _add(graph, (1, layers[0].weights.shape[1]), integers, 0)
    graph.inputs = [last]
    for layer in layers:
        weights = _add(graph, layer.weights.shape, integers, _buffer(model, layer, shared), layer)
        output = _add(graph, (1, layer.weights.shape[0]), integers, 0)
        operator = schema.OperatorT()
        operator.inputs, operator.outputs = [last, weights, -1], [output]
        operator.builtinOptionsType = schema.BuiltinOptions.FullyConnectedOptions
        operator.builtinOptions = schema.FullyConnectedOptionsT()
        graph.operators.append(operator)
        last = output
    graph.outputs = [last]
    return graph


def _buffer(model: Any, layer: Dense, shared: bool) -> int:
    data = np.frombuffer(layer.weights.tobytes(), np.uint8)
    for index, known in enumerate(model.buffers):
        if shared and known.data is not None and np.array_equal(known.data, data):
            return index
    model.buffers.append(schema.BufferT())
    model.buffers[-1].data = data
    return len(model.buffers) - 1


def _add(
    graph: Any, shape: Sequence[int], integers: bool, buffer: int, layer: Dense | None = None
) -> int:
    tensor = schema.TensorT()
    tensor.shape, tensor.buffer = list(shape), buffer
    tensor.name = f"tensor{len(graph.tensors)}".encode()
    tensor.type = schema.TensorType.INT8 if integers else schema.TensorType.FLOAT32
    if integers:
        tensor.quantization = schema.QuantizationParametersT()
        tensor.quantization.scale = list(layer.scales if layer else [0.05])
        tensor.quantization.zeroPoint = list(layer.zero_points if layer else [0])
    graph.tensors.append(tensor)
    return len(graph.tensors) - 1


def decoded(content: bytes) -> list[Values]:
    """Return the weights of each dense layer, unpacked from what the file holds of them."""
    file = schema.ModelT.InitFromPackedBuf(content, 0)
    found = []
    for graph in file.subgraphs:
        pairs: dict[int, tuple[Any, Any]] = {}
        for operator in graph.operators:
            code = file.operatorCodes[operator.opcodeIndex]
            if code.customCode == b"TFLM_DECODE":
                values = [
                    file.buffers[graph.tensors[place].buffer].data for place in operator.inputs
                ]
                pairs |= dict(
                    zip(operator.outputs, zip(values[::2], values[1::2], strict=True), strict=True)
                )
                continue
            place = operator.inputs[1]
            found.append(_weights(graph.tensors[place], pairs.get(place), file))
    return found


def _weights(tensor: Any, pair: tuple[Any, Any] | None, file: Any) -> Values:
    dtype = np.dtype("<f4" if tensor.type == schema.TensorType.FLOAT32 else "<i1")
    shape = tuple(tensor.shape)
    if pair is None:
        return np.frombuffer(bytes(file.buffers[tensor.buffer].data), dtype).reshape(shape)
    bits = "".join(f"{int(byte):08b}" for byte in pair[0])
    header, values = bytes(pair[1][:16]), np.frombuffer(bytes(pair[1][16:]), dtype)
    quantization = tensor.quantization
    return unpack(
        header, bits, values, shape, [] if quantization is None else quantization.zeroPoint
    )


def unpack(
    header: bytes, bits: str, values: Values, shape: Sequence[int], zero_points: Sequence[int]
) -> Values:
    """Do what DECODE does, weight by weight."""
    weights = np.zeros(shape, values.dtype)
    taken = 0
    channels = len(zero_points) if zero_points is not None and len(zero_points) > 1 else 1
    for number, place in enumerate(np.ndindex(*shape)):
        axis = header[5] >> 4 if header[0] == 0 else 0
        channel = place[axis] if channels > 1 else 0
        if header[0] == 2:
            zero = zero_points[channel] if len(zero_points) else 0
            weights[place] = values[taken] if bits[number] == "1" else zero
            taken += bits[number] == "1"
        else:
            width, stride = header[5] & 7, header[6]
            index = int(bits[number * width : (number + 1) * width], 2)
            weights[place] = values[channel * stride + index]
    return weights
