"""Read the constants that a TFLite file holds, sparse ones in full.

It reads with TensorFlow's own tools, and shares no code with the package.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runner.backend import tf

# Fewer elements are the shape, the axes or the padding of something.
_LEAST_ELEMENTS = 9
_NO_WEIGHTS = ("int32", "int64", "bool", "object")
_DENSE = 0

Positions = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Tensor:
    """A constant as the file stores it; its values have its shape, and are None for texts."""

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    quantized: bool
    sparse: bool
    values: NDArray[Any] | None


def constants(path: Path) -> list[Tensor]:
    """Read every tensor that has values in the file."""
    # Only once the backend has set TensorFlow up.
    from tensorflow.lite.tools import flatbuffer_utils

    file = flatbuffer_utils.read_model(str(path))
    found = []
    for tensor in (tensor for graph in file.subgraphs for tensor in graph.tensors):
        data = file.buffers[tensor.buffer].data
        if data is not None and len(data):
            dtype = tf.as_dtype(flatbuffer_utils.type_to_name(tensor.type).lower())
            found.append(_read(tensor, bytes(data), np.dtype(dtype.as_numpy_dtype)))
    return found


def weights(path: Path) -> list[Tensor]:
    """Read the constants that can only be weights: of two or more sides, and not whole numbers."""
    return [
        tensor
        for tensor in constants(path)
        if len(tensor.shape) > 1
        and np.prod(tensor.shape) >= _LEAST_ELEMENTS
        and tensor.dtype.name not in _NO_WEIGHTS
    ]


def _read(tensor: Any, data: bytes, dtype: np.dtype[Any]) -> Tensor:
    shape = () if tensor.shape is None else tuple(map(int, tensor.shape))
    scales = tensor.quantization.scale if tensor.quantization else None
    values = None if dtype == np.object_ else _decoded(data, dtype)
    if values is not None and tensor.sparsity:
        values = _densified(values, shape, tensor.sparsity)
    elif values is not None:
        # The last byte of four-bit numbers may be half empty.
        values = values[: int(np.prod(shape))].reshape(shape)
    name, quantized = tensor.name.decode(), scales is not None and len(scales) > 0
    return Tensor(name, shape, dtype, quantized, tensor.sparsity is not None, values)


def _decoded(data: bytes, dtype: np.dtype[Any]) -> NDArray[Any]:
    if dtype.name != "int4":
        return np.frombuffer(data, dtype)
    packed = np.frombuffer(data, np.int8)
    # The lower half of a byte comes first; shifting back keeps the sign.
    return np.stack([(packed << 4) >> 4, packed >> 4], axis=1).ravel().astype(dtype)


def _densified(values: NDArray[Any], shape: tuple[int, ...], sparsity: Any) -> NDArray[Any]:
    """Put each stored value where the metadata says; all else is zero."""
    axes = _coordinates(sparsity)
    sides = dict(zip(sparsity.traversalOrder, sparsity.dimMetadata, strict=True))
    blocks = [] if sparsity.blockMap is None else sparsity.blockMap
    for block, axis in enumerate(blocks, start=len(shape)):
        axes[axis] = axes[axis] * sides[block].denseSize + axes[block]
    dense = np.zeros(shape, values.dtype)
    dense[tuple(axes[axis] for axis in range(len(shape)))] = values
    return dense


def _coordinates(sparsity: Any) -> dict[int, Positions]:
    """Walk down the axes as a tree: a leaf for each stored value, in the order of the values."""
    leaves: Positions = np.zeros(1, np.int64)
    axes: dict[int, Positions] = {}
    for axis, side in zip(sparsity.traversalOrder, sparsity.dimMetadata, strict=True):
        if side.format == _DENSE:
            counts = np.full(len(leaves), side.denseSize)
            starts = leaves * side.denseSize
        else:
            segments = np.asarray(side.arraySegments.values, np.int64)
            starts, counts = segments[leaves], segments[leaves + 1] - segments[leaves]
        parents = np.repeat(np.arange(len(leaves)), counts)
        within = np.arange(len(parents)) - np.repeat(np.cumsum(counts) - counts, counts)
        leaves = starts[parents] + within
        axes = {earlier: places[parents] for earlier, places in axes.items()}
        axes[int(axis)] = within if side.format == _DENSE else side.arrayIndices.values[leaves]
    return {axis: places.astype(np.int64) for axis, places in axes.items()}
