"""Encode weights as places in tables of the few values that they have.

This is the format that TFLite Micro's kernels/decode_state_lut.cc reads.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from runner.export.tflm.weights import Encoded, Weights, header

_KIND, _VERSION = 0, 1
# Of a place in a table.
_MOST_BITS = 7
# In place of an axis, where one table serves all weights.
_ONE_TABLE = 15
_TYPES = tuple(map(np.dtype, ("<f4", "<i1", "<i2", "<i4", "<i8")))


def encode(weights: Weights) -> Encoded | None:
    """Encode a constant; None where a table would be too large, or DECODE could not read it.

    Weights that are quantized by channel have a table for each channel.
    """
    if not weights.is_decodable or weights.values.dtype not in _TYPES:
        return None
    channels = _channels(weights)
    tables, places = zip(*map(_table, channels), strict=True)
    longest = max(map(len, tables))
    width = max((longest - 1).bit_length(), 1)
    if width > _MOST_BITS:
        return None
    padded = b"".join(np.pad(table, (0, longest - len(table))).tobytes() for table in tables)
    axis = weights.axis if weights.by_channel else _ONE_TABLE
    start = header(_KIND, _VERSION, axis << 4 | width, longest)
    return Encoded(_packed(_in_order(weights, places), width), start + padded)


def _channels(weights: Weights) -> NDArray[Any]:
    """Return the weights as one row for each table."""
    if not weights.by_channel:
        return weights.values.reshape(1, -1)
    return np.moveaxis(weights.values, weights.axis, 0).reshape(len(weights.zero_points), -1)


def _table(channel: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """Return the values of a channel, each once, and the place of each weight among them."""
    # By their bits: in float, 0 and -0 are equal, and yet two values.
    integers = channel.view(f"i{channel.itemsize}")
    values, places = np.unique(integers, return_inverse=True)
    return values.view(channel.dtype), places


def _in_order(weights: Weights, places: Any) -> NDArray[np.uint8]:
    """Return the places in the order of the weights, which is that of the tensor."""
    rows = np.stack(places).astype(np.uint8)
    if not weights.by_channel:
        return rows.ravel()
    shape = np.moveaxis(weights.values, weights.axis, 0).shape
    return np.moveaxis(rows.reshape(shape), 0, weights.axis).ravel()


def _packed(places: NDArray[np.uint8], width: int) -> bytes:
    """Pack numbers of so many bits each, the highest bit first."""
    bits = np.unpackbits(places[:, None], axis=1)[:, -width:]
    return np.packbits(bits.ravel()).tobytes()
