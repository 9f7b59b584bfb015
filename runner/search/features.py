"""Write settings as numbers in which sizes and accuracies change smoothly."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from runner.search.setting import EPOCHS, SHARE, SPARSITY, Setting

Matrix = NDArray[np.float64]

# A setting whose values lie further apart is told apart by their ratio, as a learning rate.
_FAR_APART = 8.0
# Whole numbers of sparsity 1, and of no epochs, have no logarithm.
_LEAST = 1e-3


@dataclass(frozen=True)
class Features:
    """The settings of a search as numbers.

    Attributes:
        names: what each column says; options of a text have a column each.
        matrix: shape (settings, columns).
    """

    names: tuple[str, ...]
    matrix: Matrix

    @classmethod
    def of(cls, settings: Sequence[Setting]) -> "Features":
        """Write settings as numbers.

        Of sparsity, and of the share of channels removed, it is the number of times that what is
        left was halved; of epochs, the number of times that they were doubled.
        """
        names = dict.fromkeys(name for setting in settings for name in setting.values)
        columns = [column for name in names for column in _columns(name, settings)]
        # Nothing varies but the seed.
        columns = columns or [("", [0.0] * len(settings))]
        matrix = np.asarray([column for _, column in columns], float)
        return cls(tuple(name for name, _ in columns), matrix.T)


def halvings(share: float) -> float:
    """Return how often what is left was halved, where this share was taken away."""
    return -math.log2(max(1 - share, _LEAST))


def _columns(name: str, settings: Sequence[Setting]) -> Iterator[tuple[str, list[float]]]:
    values = [setting.number(name) for setting in settings]
    numbers = [value for value in values if value is not None]
    if len(numbers) < len(values):
        yield from _options(name, settings)
    elif name in {SPARSITY, SHARE}:
        yield name, [halvings(number) for number in numbers]
    elif name == EPOCHS:
        yield name, [math.log2(max(number, _LEAST)) for number in numbers]
    elif len(set(numbers)) > 1:
        yield name, _from_0_to_1(numbers)


def _options(name: str, settings: Sequence[Setting]) -> Iterator[tuple[str, list[float]]]:
    texts = [setting.values.get(name, "") for setting in settings]
    for option in sorted(set(texts)):
        yield f"{name}={option}", [float(text == option) for text in texts]


def _from_0_to_1(numbers: Sequence[float]) -> list[float]:
    far = min(numbers) > 0 and max(numbers) / min(numbers) >= _FAR_APART
    values = [math.log(number) for number in numbers] if far else list(numbers)
    low, high = min(values), max(values)
    return [(value - low) / (high - low) for value in values]
