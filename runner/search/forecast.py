"""Forecast the size and the accuracy drop of each kind of file of each setting."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from runner.search.features import Features, Matrix
from runner.search.regression import Prediction, Prior, Regression, Slope
from runner.search.setting import EPOCHS, SHARE, SPARSITY, Setting, Tried

# Bits of a weight that is not zero, after compression: what was measured of trained networks.
_BITS = {"h5": 27.0, "tflite_float32": 27.0, "tflite_float16": 13.0}
_BITS_OF_INT8 = 6.5
_SIZE = Prior(
    slopes={SPARSITY: Slope(0.0, 0.1), SHARE: Slope(-1.4, 0.7), EPOCHS: Slope(0.0, 0.02)},
    other=Slope(0.0, 0.3),
    curves=(0.02, 0.1, 0.3),
    lengths=(1.0, 3.0),
    noise=(0.003, 0.01),
)
# In units of `scaled`, in which the limit lies at 0.88.
_DROP = Prior(
    slopes={SPARSITY: Slope(1.1, 0.6), SHARE: Slope(1.5, 0.8), EPOCHS: Slope(-0.5, 0.4)},
    other=Slope(0.0, 0.5),
    curves=(0.15, 0.4, 0.8),
    lengths=(0.7, 1.5),
    noise=(0.1, 0.25, 0.5),
)
# A limit of no drop at all is about as hard to keep.
_LEAST_LIMIT = 0.001


def scaled(drop: float, limit: float) -> float:
    """Scale a drop of accuracy so that it grows in a straight line with sparsity.

    Where a network has far too few weights, each halving of them multiplies the drop, as a
    logarithm tells; near zero and below, drops are noise of one size, as no logarithm does.
    """
    return math.asinh(drop / max(limit, _LEAST_LIMIT))


@dataclass(frozen=True)
class Forecast:
    """What is to be expected of one kind of file of each setting.

    Attributes:
        size: bytes, shape (settings,).
        drop: `scaled`.
        chance: how likely each keeps the limit, from 0 to 1, shape (settings,).
    """

    size: Matrix
    drop: Prediction
    chance: Matrix


# By kind of file.
Forecasts = Mapping[str, Forecast]


class Forecaster:
    """Forecasts for the settings of one search."""

    def __init__(self, settings: Sequence[Setting], limit: float) -> None:
        """Take the settings, and the limit on the drop of accuracy, a share above 0."""
        features = Features.of(settings)
        self._size, self._drop = Regression(features, _SIZE), Regression(features, _DROP)
        self._sparsity = [setting.number(SPARSITY) or 0.0 for setting in settings]
        self._limit = limit

    def forecast(self, kind: str, tried: Tried, pending: Sequence[int] = ()) -> Forecast:
        """Forecast what a kind of file comes to.

        Args:
            pending: settings that are being tried: they are taken to come out as expected.
        """
        # In order, so that rounding does not depend on which one ended first.
        files = {place: tried[place][kind] for place in sorted(tried) if kind in tried[place]}
        places = list(files)
        drops = [scaled(file.drop, self._limit) for file in files.values()]
        drop = self._drop.predict(places, drops)
        if pending:
            expected = drop.mean[list(pending)].tolist()
            drop = self._drop.predict([*places, *pending], [*drops, *expected])
        sizes = self._sizes(kind, places, [file.size for file in files.values()])
        return Forecast(sizes, drop, drop.chance_below(scaled(self._limit, self._limit)))

    def _sizes(self, kind: str, places: Sequence[int], sizes: Sequence[float]) -> Matrix:
        theory = np.log([information(share, kind) for share in self._sparsity])
        rest = [math.log(size) - theory[place] for place, size in zip(places, sizes, strict=True)]
        return np.asarray(np.exp(theory + self._size.predict(places, rest).mean))


def information(sparsity: float, kind: str) -> float:
    """Return the bits that a weight takes in a compressed file, on average.

    Which weights are zero takes the entropy of that choice; each other one takes its own bits.

    Source: Shannon, "A Mathematical Theory of Communication", 1948.
    """
    bits = _BITS.get(kind, _BITS_OF_INT8)
    share = min(max(sparsity, 1e-9), 1 - 1e-9)
    choice = -share * math.log2(share) - (1 - share) * math.log2(1 - share)
    return choice + (1 - share) * bits
