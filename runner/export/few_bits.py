"""Quantize a float TFLite file to weights of few bits, by AI Edge Quantizer."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray

from runner.process.capture import stderr_to_log
from runner.settings.targets import Conversion

# Scales below are those of channels whose weights are all zero.
_NO_SCALE = 1e-9
_ACTIVATION_BITS = 8


def quantize(
    content: bytes, conversion: Conversion, images: NDArray[np.float32], threads: int = 1
) -> bytes:
    """Return the file with weights of so many bits, and inputs and activations of eight.

    Args:
        content: a TFLite file of floats, for one batch.
        images: what it is calibrated with, float32, shape (N, ...).

    Raises:
        Exception: of any kind, from the quantizer, for operators that it does not know.
    """
    from ai_edge_quantizer import qtyping, quantizer

    with stderr_to_log(), _silent():
        work = quantizer.Quantizer(content)
        work.add_static_config(
            regex=".*",
            operation_name=qtyping.TFLOperationName.ALL_SUPPORTED,
            activation_num_bits=_ACTIVATION_BITS,
            weight_num_bits=conversion.weight_bits,
        )
        signature, name, size = _input(content)
        places = (range(start, start + size) for start in range(0, len(images), size))
        batches = [{name: images.take(place, 0, mode="wrap")} for place in places]
        ranges = work.calibrate({signature: batches}, num_threads=threads)
        result = work.quantize(ranges, enable_progress_bar=False, enable_progress_report=False)
    return _with_biases(bytearray(result.quantized_model), content)


@contextmanager
def _silent() -> Iterator[None]:
    """Keep what the quantizer says of its progress out of the log."""
    root = logging.getLogger()
    root.addFilter(_not_its_own)
    try:
        yield
    finally:
        root.removeFilter(_not_its_own)


def _not_its_own(line: logging.LogRecord) -> bool:
    return line.levelno > logging.INFO or line.name != "root"


def _input(content: bytes) -> tuple[str, str, int]:
    """Return the names of the signature and of its input, and how many images it takes."""
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    (signature,) = model.signatureDefs
    (taken,) = signature.inputs
    shape = model.subgraphs[0].tensors[taken.tensorIndex].shape
    return signature.signatureKey.decode(), taken.name.decode(), int(shape[0])


def _with_biases(content: bytearray, floats: bytes) -> bytes:
    """Store biases anew where all weights of a channel are zero, as pruning may leave them.

    The quantizer gives such a channel so small a scale that no integer can hold its bias.
    """
    model, before = (schema.Model.GetRootAs(each, 0) for each in (content, floats))
    graph, wholes = model.Subgraphs(0), _floats(before)
    for number in range(graph.OperatorsLength()):
        operator = graph.Operators(number)
        if operator.InputsLength() < 3 or min(operator.Inputs(1), operator.Inputs(2)) < 0:
            continue
        taken, weights, bias = (graph.Tensors(operator.Inputs(place)) for place in range(3))
        if bias.Type() == schema.TensorType.INT32 and bias.Name() in wholes:
            _store(model, taken, weights, bias, wholes[bias.Name()])
    return bytes(content)


def _floats(model: Any) -> dict[bytes, NDArray[np.float32]]:
    """Read the vectors of a file of floats, by name."""
    graph = model.Subgraphs(0)
    tensors = map(graph.Tensors, range(graph.TensorsLength()))
    return {
        tensor.Name(): model.Buffers(tensor.Buffer()).DataAsNumpy().view(np.float32)
        for tensor in tensors
        if tensor.Type() == schema.TensorType.FLOAT32
        and tensor.ShapeLength() == 1
        and model.Buffers(tensor.Buffer()).DataLength()
    }


def _store(model: Any, taken: Any, weights: Any, bias: Any, values: NDArray[np.float32]) -> None:
    buffer = model.Buffers(bias.Buffer())
    # Other operators may compute a bias, or its values.
    if not (buffer.DataLength() and weights.Quantization() and bias.Quantization()):
        return
    scales, products = (
        np.atleast_1d(each.Quantization().ScaleAsNumpy()) for each in (weights, bias)
    )
    empty = scales < _NO_SCALE
    if len(scales) != len(values) or len(products) != len(values) or not empty.any():
        return
    # All zero, the weights of the channel are the same with any scale: one that fits its bias.
    steps = np.iinfo(np.int16).max
    step = float(taken.Quantization().ScaleAsNumpy()[0])
    products[empty] = np.maximum(np.abs(values[empty]) / steps, _NO_SCALE)
    scales[empty] = products[empty] / step
    stored = buffer.DataAsNumpy().view(np.int32)
    stored[empty] = np.round(values[empty] / products[empty])
