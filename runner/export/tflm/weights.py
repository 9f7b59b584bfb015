"""Hold a constant of a TFLite file as it is, and as TFLite Micro's DECODE reads it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

# DECODE's own header: the kind of encoding, its version, and twelve bytes for the encoding.
HEADER_BYTES = 16
_VERSION = 1


@dataclass(frozen=True)
class Weights:
    """A constant that an operator takes.

    Attributes:
        values: as stored, of any shape.
        zero_points: one for the whole, or one a channel; zeros without a quantization.
        axis: of the channels; 0 where there is one for the whole.
    """

    values: NDArray[Any]
    zero_points: NDArray[np.int64]
    axis: int = 0

    @property
    def by_channel(self) -> bool:
        """Whether each channel is quantized by itself."""
        return len(self.zero_points) > 1

    @property
    def is_decodable(self) -> bool:
        """Whether DECODE finds the channels: only on the first axis, or several on the last."""
        if not self.values.size or not self.by_channel:
            return self.values.size > 0 and self.axis == 0
        ends = (0, self.values.ndim - 1)
        return self.axis in ends and self.values.shape[self.axis] == len(self.zero_points)


@dataclass(frozen=True)
class Encoded:
    """What DECODE reads: one tensor of packed bits, and one of a header and values."""

    bits: bytes
    ancillary: bytes

    @property
    def size_bytes(self) -> int:
        """Count the bytes of both."""
        return len(self.bits) + len(self.ancillary)


def header(kind: int, *settings: int) -> bytes:
    """Return DECODE's header.

    Args:
        kind: of the encoding: 0 for look-up tables, 2 for pruned weights.
        settings: bytes that the encoding itself defines, at most twelve.
    """
    return bytes((kind, _VERSION, 0, 0, *settings)).ljust(HEADER_BYTES, b"\0")
