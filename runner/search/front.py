"""Search for the front: the least drop of accuracy at each size."""

import math
from itertools import pairwise

import numpy as np

from runner.search.features import Matrix
from runner.search.forecast import Forecasts, scaled
from runner.search.setting import Tried

# A file that loses more than so many times the limit is of no use to anybody.
_MOST = 10.0
# Half of the limit: files on the front differ by more than noise.
_VISIBLE = 0.5
# From which logarithm of the size to which, and the least scaled drop of files of that size.
_Step = tuple[float, float, float]


class Front:
    """The front of sizes and drops; what is gained is the area that it grows by.

    The area lies between the logarithm of the size and the scaled drop. Sizes are known before
    anything is trained, so that its expected growth is a sum over the steps of the front.

    Source of the criterion, for two figures that are both uncertain: Emmerich, Giannakoglou and
    Naujoks, "Single- and multiobjective evolutionary optimization assisted by Gaussian random field
    metamodels", 2006.
    """

    def __init__(self, limit: float) -> None:
        """Take the limit on the drop of accuracy, as a share: it scales what counts."""
        self._limit = limit

    def worth(self, forecasts: Forecasts, tried: Tried) -> Matrix:
        """Return by how much each setting is expected to grow the area, shape (settings,)."""
        steps = self._steps(forecasts, tried)
        grown = [
            np.sum(
                [
                    np.maximum(high - np.maximum(low, np.log(each.size)), 0.0)
                    * each.drop.expected_below(level)
                    for low, high, level in steps
                ],
                axis=0,
            )
            for each in forecasts.values()
        ]
        return np.asarray(np.max(grown, axis=0))

    def chance(self, forecasts: Forecasts, tried: Tried) -> Matrix:
        """Return how likely each setting loses visibly less than all files up to its size."""
        steps = self._steps(forecasts, tried)
        starts = [low for low, _, _ in steps]
        levels = np.asarray([level for _, _, level in steps])
        chances = []
        for each in forecasts.values():
            places = np.searchsorted(starts, np.log(each.size), side="right") - 1
            chances.append(each.drop.chance_below(levels[places] - _VISIBLE))
        return np.asarray(np.max(chances, axis=0))

    def required(self, forecasts: Forecasts, tried: Tried) -> list[int]:  # noqa: ARG002
        """Return no setting: chances alone end the search for a front."""
        return []

    def _steps(self, forecasts: Forecasts, tried: Tried) -> list[_Step]:
        files = sorted(
            (math.log(file.size), scaled(file.drop, self._limit))
            for outcome in tried.values()
            for file in outcome.values()
            if file.allowed
        )
        corners = [(-math.inf, scaled(_MOST * self._limit, self._limit))]
        for size, drop in files:
            if drop < corners[-1][1]:
                corners.append((size, drop))
        largest = max(float(np.log(each.size).max()) for each in forecasts.values())
        ends = [*(size for size, _ in corners), max(largest, corners[-1][0]) + _VISIBLE]
        levels = [drop for _, drop in corners]
        return [(*pair, level) for pair, level in zip(pairwise(ends), levels, strict=True)]
