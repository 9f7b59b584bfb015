"""Count the bytes that each weight of a model takes in an exported file."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py  # type: ignore[import-untyped]
from ai_edge_litert import schema_py_generated as schema

from runner.backend import keras
from runner.prune.sparsity import short_name

Shape = tuple[int, ...]
# The name of a layer, and of one of its weights.
Key = tuple[str, str]
Weights = Mapping[str, Mapping[str, Any]]

# Operators that only convert a constant for the next operator.
_UNPACKING = (schema.BuiltinOperator.DEQUANTIZE, schema.BuiltinOperator.DENSIFY)
# TFLite Micro's operator that computes constants from pairs of packed bits and values.
_DECODE = b"TFLM_DECODE"
_INTEGERS = (schema.TensorType.INT32, schema.TensorType.INT64)


@dataclass(frozen=True)
class _Constant:
    """Hold a tensor whose values are in the file."""

    name: str
    shape: Shape
    size_bytes: int


def weight_bytes(path: Path, model: keras.Model) -> dict[Key, int]:
    """Count the bytes of each weight in an h5 or TFLite file.

    A weight that a TFLite file holds only as part of another one is not found, as those of a batch
    normalization in the convolution before it; nor are weights of one layer that differ neither in
    name nor in shape. A sparse weight counts with its indices, a quantized one without its scales
    and zero points. A constant that several layers share counts for each of them.

    Args:
        path: an exported file; its suffix tells its format.
        model: the model that the file was made of.

    Returns:
        Bytes by the name of the layer and that of the weight in it, as `kernel`.

    Raises:
        Exception: of any kind, for a file that is damaged.
    """
    weights = {layer.name: _named_weights(layer) for layer in model.layers}
    return _in_h5(path, weights) if path.suffix == ".h5" else _in_tflite(path, model, weights)


def _named_weights(layer: keras.layers.Layer) -> dict[str, Any]:
    """Return the weights of a layer by name, without those that share one, as in nested layers."""
    names = [short_name(weight) for weight in layer.weights]
    named = zip(names, layer.weights, strict=True)
    return {name: weight for name, weight in named if names.count(name) == 1}


def _in_h5(path: Path, weights: Weights) -> dict[Key, int]:
    with h5py.File(path) as file:
        return {
            (layer, name): file[dataset].id.get_storage_size()
            for layer, named in weights.items()
            for name, weight in named.items()
            if (dataset := f"model_weights/{layer}/{weight.name}") in file
        }


def _in_tflite(path: Path, model: keras.Model, weights: Weights) -> dict[Key, int]:
    file = schema.ModelT.InitFromPackedBuf(path.read_bytes())
    # Outputs of the model have the name of the signature; give them that of their layer.
    for index, layer in zip(file.subgraphs[0].outputs, model.output_names, strict=False):
        file.subgraphs[0].tensors[index].name = f"{model.name}/{layer}/".encode()
    sizes: dict[Key, int] = {}
    for output, constants in _operators(file):
        # Constants come second: one that several layers share may have the name of any of them.
        names = (output, ";".join(constant.name for constant in constants))
        matches = (_match(constants, _shapes(name, model.name, weights)) for name in names)
        # The last operator counts: the bias of a separable convolution is in the second of its two.
        sizes |= next(filter(None, matches), {})
    return sizes


def _shapes(name: str, model: str, weights: Weights) -> dict[Key, Shape]:
    """Return the weights of the layers in a tensor's name: "model/relu/Relu;model/conv/Conv2D"."""
    layers = []
    for scope in name.split(";"):
        fitting = [layer for layer in weights if scope.startswith(_scopes(model, layer))]
        # A layer's name may hold a slash: here "block/conv" is the layer, rather than "block".
        layers += [max(fitting, key=len)] if fitting else []
    return {
        (layer, weight): tuple(variable.shape)
        for layer in layers
        for weight, variable in weights[layer].items()
    }


def _scopes(model: str, layer: str) -> tuple[str, str]:
    # TFMOT's quantization-aware training wraps each layer in one of its own.
    return f"{model}/{layer}/", f"{model}/quant_{layer}/"


def _match(constants: Sequence[_Constant], weights: Mapping[Key, Shape]) -> dict[Key, int]:
    """Count the bytes of each constant of an operator that only one of the weights fits."""
    sizes: dict[Key, int] = {}
    for constant in sorted(constants, key=lambda tensor: len(tensor.shape), reverse=True):
        fitting = [key for key, shape in weights.items() if _fits(shape, constant.shape)]
        # A bias belongs to the layer of the kernel, not to the normalization after it.
        if owners := {layer for layer, _ in sizes}:
            fitting = [key for key in fitting if key[0] in owners]
        if len(fitting) == 1:
            sizes[fitting[0]] = constant.size_bytes
    return sizes


def _fits(weight: Shape, constant: Shape) -> bool:
    """Tell whether a weight of Keras may be stored in this shape."""
    if len(weight) < 2 or len(constant) < 2:
        return weight == constant
    *sides, inputs, outputs = weight
    convolution, transposed = (outputs, *sides, inputs), (inputs, *sides, outputs)
    shapes = (weight, convolution, transposed, (*sides, inputs * outputs))
    return _without_ones(constant) in [_without_ones(shape) for shape in shapes]


def _without_ones(shape: Iterable[int]) -> Shape:
    """Leave out sides of 1, which the converter adds and drops."""
    return tuple(side for side in shape if side != 1)


def _operators(file: Any) -> Iterator[tuple[str, list[_Constant]]]:
    """Yield the name of each operator's output and the constants that it takes, in order."""
    for graph in file.subgraphs:
        packed: dict[int, int] = {}
        decoded: dict[int, _Constant] = {}
        for operator in graph.operators:
            # Which of the two fields holds the code depends on the converter's version.
            code = file.operatorCodes[operator.opcodeIndex]
            if max(code.deprecatedBuiltinCode, code.builtinCode) in _UNPACKING:
                source = operator.inputs[0]
                packed[operator.outputs[0]] = packed.get(source, source)
                continue
            if code.customCode == _DECODE:
                decoded |= _decoded(operator, graph, file)
                continue
            inputs = [] if operator.inputs is None else operator.inputs
            places = [packed.get(index, index) for index in inputs if index >= 0]
            constants = [
                decoded.get(place) or _constant(graph.tensors[place], file) for place in places
            ]
            output = graph.tensors[operator.outputs[0]].name.decode()
            yield output, [constant for constant in constants if constant]


def _decoded(operator: Any, graph: Any, file: Any) -> dict[int, _Constant]:
    """Read what an operator DECODE computes: the names of its inputs, its shapes, all its bytes."""
    inputs = [graph.tensors[index] for index in operator.inputs]
    pairs = zip(operator.outputs, inputs[::2], inputs[1::2], strict=True)
    return {
        output: _Constant(
            bits.name.decode(),
            tuple(map(int, graph.tensors[output].shape)),
            sum(len(file.buffers[tensor.buffer].data) for tensor in (bits, values)),
        )
        for output, bits, values in pairs
    }


def _constant(tensor: Any, file: Any) -> _Constant | None:
    """Read the size of a tensor in the file; None for one without values, or that is a shape."""
    values = file.buffers[tensor.buffer].data
    # A bias may be stored in integers, but then it has a scale.
    scaled = tensor.quantization is not None and tensor.quantization.scale is not None
    if values is None or len(values) == 0 or (tensor.type in _INTEGERS and not scaled):
        return None
    shape = () if tensor.shape is None else tuple(map(int, tensor.shape))
    dimensions = tensor.sparsity.dimMetadata if tensor.sparsity else []
    vectors = (
        vector
        for dimension in dimensions
        for vector in (dimension.arraySegments, dimension.arrayIndices)
        if vector
    )
    indices = sum(vector.values.nbytes for vector in vectors)
    return _Constant(tensor.name.decode(), shape, len(values) + indices)
