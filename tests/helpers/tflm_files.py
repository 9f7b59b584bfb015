"""Build TFLite files of small layers, and decode what DECODE reads, by code of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray

Values = NDArray[Any]
_TYPES: dict[int, np.dtype[Any]] = {
    schema.TensorType.FLOAT32: np.dtype("<f4"),
    schema.TensorType.INT8: np.dtype("<i1"),
    schema.TensorType.INT32: np.dtype("<i4"),
}


@dataclass(frozen=True, eq=False)
class Dense:
    """A dense layer; its weights have the shape (outputs, inputs).

    Weights of the shape (1, height, width, channels) make it a depthwise convolution of an image
    of that size, with the channels of its quantization on the last axis.
    """

    weights: Values
    scales: Sequence[float] = ()
    zero_points: Sequence[int] = ()
    bias: Values | None = None

    @property
    def depthwise(self) -> bool:
        return self.weights.ndim == 4

    @property
    def code(self) -> int:
        operators = schema.BuiltinOperator
        return int(operators.DEPTHWISE_CONV_2D if self.depthwise else operators.FULLY_CONNECTED)

    @property
    def shapes(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Those of its input and its output."""
        if self.depthwise:
            return self.weights.shape, (1, 1, 1, self.weights.shape[-1])
        return (1, self.weights.shape[1]), (1, self.weights.shape[0])


def dense_file(
    *graphs: Sequence[Dense], shared: bool = False, floats_between: bool = False
) -> bytes:
    """Write a file of some subgraphs of layers, one after the other, in float or int8.

    Args:
        shared: whether equal weights lie in one buffer.
        floats_between: whether layers take floats whatever their weights, which TFLite Micro does
            not run with weights in int8.
    """
    model = schema.ModelT()
    model.version, model.description = 3, b"test"
    model.operatorCodes, model.buffers = [_code(graphs[0][0])], [schema.BufferT()]
    model.subgraphs = [_graph(model, layers, shared, floats_between) for layers in graphs]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def _code(layer: Dense) -> Any:
    code = schema.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = layer.code
    code.version = 1
    return code


def _graph(model: Any, layers: Sequence[Dense], shared: bool, floats: bool) -> Any:
    graph = schema.SubGraphT()
    graph.tensors, graph.operators = [], []
    between = np.dtype(np.float32) if floats else layers[0].weights.dtype
    last = _add(graph, layers[0].shapes[0], between, 0)
    graph.inputs = [last]
    for layer in layers:
        buffer = _buffer(model, layer.weights, shared)
        weights = _add(graph, layer.weights.shape, layer.weights.dtype, buffer, layer)
        bias = -1
        if layer.bias is not None:
            buffer = _buffer(model, layer.bias, shared)
            bias = _add(graph, layer.bias.shape, layer.bias.dtype, buffer)
        output = _add(graph, layer.shapes[1], between, 0)
        graph.operators.append(_operator(layer, [last, weights, bias], output))
        last = output
    graph.outputs = [last]
    return graph


def _operator(layer: Dense, inputs: list[int], output: int) -> Any:
    operator = schema.OperatorT()
    operator.inputs, operator.outputs = inputs, [output]
    if layer.depthwise:
        options = schema.DepthwiseConv2DOptionsT()
        options.padding, options.depthMultiplier = schema.Padding.VALID, 1
        options.strideH = options.strideW = options.dilationHFactor = options.dilationWFactor = 1
        operator.builtinOptionsType = schema.BuiltinOptions.DepthwiseConv2DOptions
        operator.builtinOptions = options
    else:
        operator.builtinOptionsType = schema.BuiltinOptions.FullyConnectedOptions
        operator.builtinOptions = schema.FullyConnectedOptionsT()
    return operator


def _buffer(model: Any, values: Values, shared: bool) -> int:
    data = np.frombuffer(values.tobytes(), np.uint8)
    for index, known in enumerate(model.buffers):
        if shared and known.data is not None and np.array_equal(known.data, data):
            return index
    model.buffers.append(schema.BufferT())
    model.buffers[-1].data = data
    return len(model.buffers) - 1


def _add(
    graph: Any, shape: Sequence[int], dtype: Any, buffer: int, layer: Dense | None = None
) -> int:
    tensor = schema.TensorT()
    tensor.shape, tensor.buffer = list(shape), buffer
    tensor.name = f"tensor{len(graph.tensors)}".encode()
    tensor.type = next(each for each, known in _TYPES.items() if known == dtype)
    if dtype == np.int8:
        tensor.quantization = schema.QuantizationParametersT()
        tensor.quantization.scale = list(layer.scales if layer else [0.05])
        tensor.quantization.zeroPoint = list(layer.zero_points if layer else [0])
        tensor.quantization.quantizedDimension = 3 if layer and layer.depthwise else 0
    graph.tensors.append(tensor)
    return len(graph.tensors) - 1


def decoded(content: bytes) -> list[Values]:
    """Return the weights of each layer, and its bias, unpacked from what the file holds."""
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
            found += [
                _weights(graph.tensors[place], pairs.get(place), file)
                for place in operator.inputs[1:]
                if place >= 0
            ]
    return found


def _weights(tensor: Any, pair: tuple[Any, Any] | None, file: Any) -> Values:
    dtype = _TYPES[tensor.type]
    shape = tuple(tensor.shape)
    if pair is None:
        return np.frombuffer(bytes(file.buffers[tensor.buffer].data), dtype).reshape(shape)
    bits = "".join(f"{int(byte):08b}" for byte in pair[0])
    header, values = bytes(pair[1][:16]), np.frombuffer(bytes(pair[1][16:]), dtype)
    return unpack(header, bits, values, shape, tensor.quantization)


def unpack(
    header: bytes, bits: str, values: Values, shape: Sequence[int], quantization: Any
) -> Values:
    """Do what DECODE does, weight by weight."""
    weights = np.zeros(shape, values.dtype)
    taken = 0
    points = quantization.zeroPoint if quantization is not None else None
    zero_points = [0] if points is None or not len(points) else list(points)
    channels = len(zero_points)
    for number, place in enumerate(np.ndindex(*shape)):
        axis = quantization.quantizedDimension if channels > 1 else 0
        if header[0] == 0:
            axis = header[5] >> 4
        channel = place[axis] if channels > 1 else 0
        if header[0] == 2:
            weights[place] = values[taken] if bits[number] == "1" else zero_points[channel]
            taken += bits[number] == "1"
        else:
            width, stride = header[5] & 7, header[6]
            index = int(bits[number * width : (number + 1) * width], 2)
            weights[place] = values[channel * stride + index]
    return weights
