"""Write a small TFLite file without TensorFlow."""

from pathlib import Path

import flatbuffers
from ai_edge_litert import schema_py_generated as schema


def write_softmax(
    path: Path, shape: tuple[int, ...], beta: float = 1.0, int8: bool = False
) -> Path:
    """Write a file whose probabilities are the softmax of all the numbers of an image.

    Args:
        shape: of an image.
        beta: what the numbers are multiplied with before.
        int8: whether all values are quantized.
    """
    values = 1
    for side in shape:
        values *= side
    graph = schema.SubGraphT()
    graph.tensors = [_tensor([1, *shape], "image"), _tensor([1, values]), _tensor([1, values])]
    graph.inputs, graph.outputs = [0], [2]
    for tensor in graph.tensors if int8 else ():
        tensor.type, tensor.quantization = schema.TensorType.INT8, schema.QuantizationParametersT()
        tensor.quantization.scale, tensor.quantization.zeroPoint = [1 / 256], [-128]
    reshape, softmax = schema.ReshapeOptionsT(), schema.SoftmaxOptionsT()
    reshape.newShape, softmax.beta = [1, values], beta
    graph.operators = [
        _operator(0, 0, 1, schema.BuiltinOptions.ReshapeOptions, reshape),
        _operator(1, 1, 2, schema.BuiltinOptions.SoftmaxOptions, softmax),
    ]
    model = schema.ModelT()
    model.version, model.subgraphs, model.buffers = 3, [graph], [schema.BufferT()]
    model.operatorCodes = [
        _code(schema.BuiltinOperator.RESHAPE),
        _code(schema.BuiltinOperator.SOFTMAX),
    ]
    builder = flatbuffers.Builder()
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    path.write_bytes(bytes(builder.Output()))
    return path


def _tensor(shape: list[int], name: str = "") -> schema.TensorT:
    tensor = schema.TensorT()
    tensor.shape, tensor.name, tensor.type = shape, name.encode(), schema.TensorType.FLOAT32
    return tensor


def _operator(code: int, taken: int, given: int, kind: int, options: object) -> schema.OperatorT:
    operator = schema.OperatorT()
    operator.opcodeIndex, operator.inputs, operator.outputs = code, [taken], [given]
    operator.builtinOptionsType, operator.builtinOptions = kind, options
    return operator


def _code(number: int) -> schema.OperatorCodeT:
    code = schema.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = number
    code.version = 1
    return code
