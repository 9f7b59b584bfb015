"""Define what a search asks of its goal."""

from typing import Protocol

from runner.search.features import Matrix
from runner.search.forecast import Forecasts
from runner.search.setting import Tried


class Goal(Protocol):
    """What a search is for."""

    def worth(self, forecasts: Forecasts, tried: Tried) -> Matrix:
        """Return what each setting is expected to gain, shape (settings,)."""

    def chance(self, forecasts: Forecasts, tried: Tried) -> Matrix:
        """Return how likely each setting gains anything, from 0 to 1, shape (settings,)."""

    def required(self, forecasts: Forecasts, tried: Tried) -> list[int]:
        """List settings without which nobody may say that nothing more is to be gained."""
