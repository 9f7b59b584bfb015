"""Encode weights as one bit each, and the values of those that are not zero.

This is the format that TFLite Micro's kernels/decode_state_prune.cc reads.
"""

import numpy as np

from runner.export.tflm.weights import Encoded, Weights, header

_KIND, _VERSION = 2, 1
# Each float and each integer that an operator's weights and biases may be, as DECODE takes them.
_TYPES = tuple(map(np.dtype, ("<f4", "<i1", "<i2", "<i4", "<i8")))


def encode(weights: Weights) -> Encoded | None:
    """Encode a constant; None where DECODE could not give it back.

    In float, -0 becomes 0, which changes no sum of products.
    """
    values, zeros = weights.values, weights.zero_points
    shifted = bool(zeros.any())
    if not weights.is_decodable or values.dtype not in _TYPES:
        return None
    if shifted and values.dtype != np.int8:
        return None
    kept = values != _by_channel(weights)
    # The first weight is the highest bit of the first byte.
    bits = np.packbits(kept.ravel()).tobytes()
    return Encoded(bits, header(_KIND, _VERSION) + values[kept].tobytes())


def _by_channel(weights: Weights) -> np.ndarray:
    """Return what counts as zero, in a shape that goes with the values."""
    zeros = weights.zero_points.astype(weights.values.dtype)
    if not weights.by_channel:
        return zeros.reshape(())
    shape = [1] * weights.values.ndim
    shape[weights.axis] = -1
    return zeros.reshape(shape)
