"""Propose the next setting of a search, or say why there is none."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from runner.search.features import Matrix
from runner.search.forecast import Forecaster, Forecasts
from runner.search.goal import Goal
from runner.search.setting import Setting, Tried

# A point costs as much as this many epochs before its first.
_START = 1.0
# How much chance decides between settings that are worth about the same.
_CHANCE = 0.1
_ANY_KIND = "tflite_int8"


@dataclass(frozen=True)
class Proposal:
    """What to try next: the place of a setting; None where what is being tried decides that."""

    place: int | None


@dataclass(frozen=True)
class Stop:
    """Nothing more is worth a try.

    Attributes:
        chance: the best chance that an untried setting has; None where all were tried.
        place: of that setting.
    """

    chance: float | None
    place: int | None = None


class Search:
    """A search among settings; it keeps nothing, so that whoever asks again gets the same."""

    def __init__(
        self,
        settings: Sequence[Setting],
        goal: Goal,
        forecaster: Forecaster,
        stop_below: float = 0.1,
        seed: int = 0,
    ) -> None:
        """Take what there is to try.

        Args:
            stop_below: how likely a setting has to be better for the search to go on.
            seed: decides between settings that are worth about the same.
        """
        self._settings, self._stop_below = settings, stop_below
        self._goal, self._forecaster = goal, forecaster
        costs = np.asarray([_START + setting.epochs for setting in settings])
        draws = np.random.default_rng(seed).standard_normal(len(settings))
        self._rates = np.exp(_CHANCE * draws) / costs

    def next(self, tried: Tried, pending: Sequence[int] = ()) -> Proposal | Stop:
        """Propose what to try next.

        Args:
            tried: what came of the settings that were tried.
            pending: settings that are being tried.
        """
        untried = np.ones(len(self._settings), bool)
        untried[[*tried, *pending]] = False
        if not untried.any():
            return Proposal(None) if pending else Stop(None)
        forecasts = self._forecasts(tried, pending)
        chance = np.where(untried, self._goal.chance(forecasts, tried), 0.0)
        if chance.max() >= self._stop_below:
            worth = self._goal.worth(forecasts, tried) * self._rates
            return Proposal(int(np.where(untried, worth, -1.0).argmax()))
        missing = [place for place in self._goal.required(forecasts, tried) if untried[place]]
        if missing:
            return Proposal(max(missing, key=lambda place: chance[place]))
        return Proposal(None) if pending else Stop(float(chance.max()), _likeliest(chance, untried))

    def _forecasts(self, tried: Tried, pending: Sequence[int]) -> Forecasts:
        kinds = {kind for outcome in tried.values() for kind, file in outcome.items()}
        names = sorted(kinds) or [_ANY_KIND]
        return {name: self._forecaster.forecast(name, tried, pending) for name in names}


def _likeliest(chance: Matrix, untried: Matrix) -> int:
    return int(np.where(untried, chance, -1.0).argmax())
