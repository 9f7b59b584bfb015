"""Search for the smallest file that keeps the limit on accuracy."""

from collections.abc import Sequence

import numpy as np

from runner.search.features import Matrix
from runner.search.forecast import Forecast, Forecasts
from runner.search.setting import EPOCHS, SPARSITY, Setting, Tried, smallest

# A file that is smaller by less is not worth a try.
_SMALLER = 0.98


class SmallestFile:
    """The smallest file that keeps the limit; what is gained is the logarithm of its size."""

    def __init__(self, settings: Sequence[Setting], limit: float) -> None:
        """Take the settings, and the limit on the drop of accuracy, as a share."""
        self._settings, self._limit = settings, limit

    def worth(self, forecasts: Forecasts, tried: Tried) -> Matrix:
        """Return what each setting is expected to gain, shape (settings,)."""
        size = self._size(tried)
        # Without such a file, each one is a gain over the largest.
        start = size or 1.1 * max(float(each.size.max()) for each in forecasts.values())
        gains = [
            np.where(_smaller(each, size), each.chance * np.log(start / each.size), 0.0)
            for each in forecasts.values()
        ]
        return np.asarray(np.max(gains, axis=0))

    def chance(self, forecasts: Forecasts, tried: Tried) -> Matrix:
        """Return how likely each setting has a file that is smaller, and keeps the limit."""
        size = self._size(tried)
        chances = [np.where(_smaller(each, size), each.chance, 0.0) for each in forecasts.values()]
        return np.asarray(np.max(chances, axis=0))

    def required(self, forecasts: Forecasts, tried: Tried) -> list[int]:
        """List what must have failed: the next sparser settings, with the most epochs.

        A chance that is computed from a few tries may be wrong; that these failed is a fact.
        """
        size = self._size(tried)
        smaller = np.any([_smaller(each, size) for each in forecasts.values()], axis=0)
        places = np.flatnonzero(smaller).tolist()
        least = min((self._sparsity(place) for place in places), default=0.0)
        most = max(setting.number(EPOCHS) or 0.0 for setting in self._settings)
        return [
            place
            for place in places
            if self._sparsity(place) == least
            and (self._settings[place].number(EPOCHS) or 0.0) == most
        ]

    def _size(self, tried: Tried) -> float | None:
        file = smallest(list(tried.values()), self._limit)
        return file.size if file else None

    def _sparsity(self, place: int) -> float:
        return self._settings[place].number(SPARSITY) or 0.0


def _smaller(forecast: Forecast, size: float | None) -> Matrix:
    """Tell of which settings the file would be smaller than this; of all where there is none."""
    if size is None:
        return np.ones(len(forecast.size), bool)
    return np.asarray(forecast.size < _SMALLER * size)
