"""Put encoded weights into a TFLite file, with an operator DECODE before each of their users.

The only file that takes parts of the package tflite-micro that are private there: what it does with
encodings is public for some kinds only, and its encoder of pruned weights is a stub.
"""

import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.schema_py_generated import BuiltinOperator, TensorType

from runner.export.tflm import lookup_tables, prune_encoding
from runner.export.tflm.weights import Encoded, Weights
from runner.settings.targets import Encoding

# Operators whose weights and biases lie at these places among their inputs, and are read only while
# they run: DECODE has computed them by then. In the sums that they add up, -0 may be 0.
DECODED_INPUTS: Mapping[int, tuple[int, ...]] = {
    BuiltinOperator.FULLY_CONNECTED: (1, 2),
    BuiltinOperator.CONV_2D: (1, 2),
    BuiltinOperator.DEPTHWISE_CONV_2D: (1, 2),
    BuiltinOperator.TRANSPOSE_CONV: (1, 3),
}
_TYPES = (TensorType.FLOAT32, TensorType.INT8, TensorType.INT16, TensorType.INT32, TensorType.INT64)
# What an operator DECODE takes at most, with its tensors and their buffers; a second one decodes
# into a tensor of its own, with a scale and a zero point for each channel.
_OPERATOR_BYTES, _CHANNEL_BYTES = 256, 12

_Encoder = Callable[[Weights], Encoded | None]
_ENCODERS: Mapping[Encoding, _Encoder] = {
    Encoding.PRUNED: prune_encoding.encode,
    Encoding.LOOK_UP: lookup_tables.encode,
}
# The numbers of a subgraph and of a tensor in it.
_Place = tuple[int, int]


def encode(content: bytes, encoding: Encoding) -> bytes:
    """Encode all weights of a TFLite file that take fewer bytes so; the others stay as they are.

    Returns:
        A TFLite file; the same bytes where it would not be smaller.

    Raises:
        ImportError: the package tflite-micro is missing.
    """
    from tflite_micro.tensorflow.lite.micro.compression import (
        compressor,
        decode_insert,
        model_editor,
    )

    model = model_editor.read(content)
    tensors = [len(graph.tensors) for graph in model.subgraphs]
    encoded = _worth_it(model, _ENCODERS[encoding])
    if not encoded:
        return content
    decode_insert.insert_decode_operators(
        model,
        {
            place: compressor.CompressionResult(one.bits, one.ancillary)
            for place, one in encoded.items()
        },
    )
    for graph, place in encoded:
        # Its decoded self has it now.
        model.subgraphs[graph].tensors[place]._fb.quantization = None
    for graph, known in zip(model.subgraphs, tensors, strict=True):
        for added in graph.tensors[known:]:
            added.name = ""
    shorter = _aligned(model.build())
    return shorter if len(shorter) < len(content) else content


def _aligned(content: bytes) -> bytes:
    """Move all values to addresses from which TFLite Micro can read them."""
    from tflite_micro.tensorflow.lite.micro.tools import tflite_flatbuffer_align_wrapper

    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder) / "before", Path(folder) / "after"
        before.write_bytes(content)
        tflite_flatbuffer_align_wrapper.align_tflite_model(str(before), str(after))
        return after.read_bytes()


def _worth_it(model: Any, encoder: _Encoder) -> dict[_Place, Encoded]:
    """Encode the tensors of each buffer of values, which goes only if all of them do."""
    chosen: dict[_Place, Encoded] = {}
    for size, tensors in _by_buffer(model):
        encoded: dict[_Place, Encoded] = {}
        operators = 0
        for place, tensor in tensors.items():
            graph = model.subgraphs[place[0]]
            weights = _weights(graph, tensor)
            one = encoder(weights) if weights else None
            if weights is None or one is None:
                break
            encoded[place] = one
            users = len(graph.consumers_of(tensor))
            channels = len(weights.zero_points)
            operators += users * _OPERATOR_BYTES + (users - 1) * channels * _CHANNEL_BYTES
        else:
            if _stored(encoded.values()) + operators < size:
                chosen |= encoded
    return chosen


def _stored(encoded: Any) -> int:
    """Count the bytes of encoded tensors; those that are equal are stored once."""
    values = {values for one in encoded for values in (one.bits, one.ancillary)}
    return sum(map(len, values))


def _by_buffer(model: Any) -> list[tuple[int, dict[_Place, Any]]]:
    """List all buffers with values: their sizes, and the tensors that share them."""
    found: defaultdict[int, dict[_Place, Any]] = defaultdict(dict)
    for number, graph in enumerate(model.subgraphs):
        for index, tensor in enumerate(graph.tensors):
            if tensor.buffer is not None and tensor.buffer.data:
                found[id(tensor.buffer)][number, index] = tensor
    return [(len(next(iter(of.values())).buffer.data), of) for of in found.values()]


def _weights(graph: Any, tensor: Any) -> Weights | None:
    """Read a tensor that operators take as weights or as a bias; None for any other."""
    users = graph.consumers_of(tensor)
    known = all(
        place in DECODED_INPUTS.get(user.opcode, ())
        for user in users
        for place, taken in enumerate(user.inputs)
        if taken is tensor
    )
    ends = any(tensor is end for end in (*graph.inputs, *graph.outputs))
    packed = tensor.dtype not in _TYPES or tensor._fb.sparsity is not None
    if not users or not known or ends or packed or tensor.is_variable:
        return None
    stored = tensor.quantization
    if stored is None:
        return Weights(tensor.array, np.zeros(1, np.int64))
    if len(stored.zero_points) != len(stored.scales):
        return None
    return Weights(tensor.array, np.array(stored.zero_points, np.int64), stored.axis or 0)
