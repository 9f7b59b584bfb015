"""Describe in which blocks or groups weights become zero, and check that they do."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from runner.settings import ScheduleSettings

_Weights = NDArray[np.floating]
_Counts = NDArray[np.int64]

# Their last dimension in TFLite is another one than that along which TFMOT groups weights.
_GROUPED_ELSEWHERE = ("Conv2DTranspose", "Embedding")


@dataclass(frozen=True)
class Pattern:
    """Say what becomes zero together: a block of a matrix, or m of every n weights of one output.

    The n weights follow each other along the input channels, the last dimension in TFLite.

    Attributes:
        block: height and width of a block, in weights.
        m_by_n: m and n; None for blocks or single weights.
    """

    block: tuple[int, int] = (1, 1)
    m_by_n: tuple[int, int] | None = None

    @classmethod
    def of(cls, schedule: ScheduleSettings) -> "Pattern":
        """Build the pattern that a schedule asks for."""
        return cls(schedule.block_size, schedule.m_by_n)

    @property
    def in_blocks(self) -> bool:
        """Whether a block is more than one weight."""
        return self.block != (1, 1)

    @property
    def setting(self) -> str:
        """The setting that asks for this pattern, as it is typed."""
        name = "m_by_n" if self.m_by_n else "block_size"
        first, second = self.m_by_n or self.block
        return f"schedule.{name}=[{first},{second}]"

    @property
    def neutral(self) -> str:
        """The setting that asks for no pattern."""
        return "schedule.m_by_n=null" if self.m_by_n else "schedule.block_size=[1,1]"

    @property
    def accepted_weights(self) -> str:
        """The weights that can have this pattern, in words."""
        if self.m_by_n:
            return f"weights of 2 or 4 dimensions with at least {self.m_by_n[1]} input channels"
        return "weights of 2 dimensions that are larger than one block"

    def accepts_kind(self, kind: str) -> bool:
        """Tell whether weights of a layer of this class can have this pattern."""
        return not (self.m_by_n and kind in _GROUPED_ELSEWHERE)

    def accepts_rank(self, rank: int) -> bool:
        """Tell whether weights of so many dimensions can have this pattern."""
        if self.m_by_n:
            return rank in (2, 4)
        return rank == 2 or not self.in_blocks

    def accepts(self, shape: tuple[int, ...]) -> bool:
        """Tell whether weights of this shape can have this pattern.

        TFMOT keeps at least one block, so a single one would never be pruned. It pads fewer weights
        than n with zeros, and prunes less than the settings ask for, or nothing.
        """
        if not self.accepts_rank(len(shape)):
            return False
        if self.m_by_n:
            return shape[-2] >= self.m_by_n[1]
        return not self.in_blocks or shape[0] > self.block[0] or shape[1] > self.block[1]

    def mismatch(self, weights: _Weights, requested: float) -> str | None:
        """Say in words how the zeros of weights differ from those asked for; None if they do not.

        TFMOT rounds to whole weights or blocks, and keeps at least one.

        Args:
            weights: values of one weight, in the shape of Keras.
            requested: share of zeros, from 0 to 1; m of n has its own.
        """
        if self.m_by_n:
            return _m_by_n_mismatch(weights, *self.m_by_n)
        if self.in_blocks:
            zeros, unit = ~_blocks(weights, self.block).any(axis=(1, 3)), "blocks"
        else:
            zeros, unit = weights == 0, "weights"
        number = int(zeros.sum())
        if abs(number - requested * zeros.size) <= 1:
            return None
        return f"{number} of {zeros.size} {unit} are zero, asked for {requested:.4f} of them"


UNSTRUCTURED = Pattern()


def _blocks(weights: _Weights, block: tuple[int, int]) -> _Weights:
    """Cut a matrix into blocks, shape (rows, height, columns, width); zeros fill up the last."""
    padding = [(0, -side % length) for side, length in zip(weights.shape, block, strict=True)]
    whole = np.pad(weights, padding)
    rows, columns = whole.shape[0] // block[0], whole.shape[1] // block[1]
    return whole.reshape(rows, block[0], columns, block[1])


def _m_by_n_mismatch(weights: _Weights, m: int, n: int) -> str | None:
    zeros, least = group_zeros(weights, n), least_zeros(weights.shape[-2], m, n)
    too_few = int((zeros < least).sum())
    if too_few:
        return f"{too_few} of {zeros.size} groups of {n} weights have fewer than {m} zeros"
    expected = int(least.sum()) * zeros.shape[0]
    if zeros.sum() > expected + 1:
        return f"{zeros.sum()} of {weights.size} weights are zero, asked for {expected} of them"
    return None


def group_zeros(weights: _Weights, n: int) -> _Counts:
    """Count the zeros in each group of n weights, shape (all other dimensions, groups).

    What the last group lacks counts as not zero.
    """
    lines = np.moveaxis(weights, -2, -1).reshape(-1, weights.shape[-2])
    whole = np.pad(lines, [(0, 0), (0, -lines.shape[1] % n)], constant_values=1)
    return np.asarray((whole.reshape(len(whole), -1, n) == 0).sum(axis=-1))


def least_zeros(channels: int, m: int, n: int) -> _Counts:
    """Return the least number of zeros in each group of n channels, shape (groups,).

    It is m. A last group of fewer than n channels may have n - m values other than zero as well.
    """
    full, tail = divmod(channels, n)
    return np.asarray([m] * full + [max(0, tail - (n - m))] * bool(tail))
