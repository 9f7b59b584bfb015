"""End a strategy that has no end of its own when it has found nothing better for long."""

import math
from collections.abc import Sequence

from benchmarks.search.strategy import Proposer
from runner.search.search import Proposal, Stop
from runner.search.setting import Tried, smallest


class Patience:
    """Goes on until a fifth of all settings were tried in a row without a smaller file."""

    def __init__(self, proposer: Proposer, settings: int, limit: float, share: float = 0.2) -> None:
        """Take what proposes, the number of settings, and the limit on the drop of accuracy.

        Args:
            share: of all settings, in place of a fifth.
        """
        self._proposer, self._settings, self._limit = proposer, settings, limit
        self._most = math.ceil(settings * share)

    def next(self, tried: Tried, pending: Sequence[int]) -> Proposal | Stop:
        """Propose what to try next, or stop; what is being tried may still be a smaller file."""
        none_left = len(tried) + len(pending) == self._settings
        if none_left or self._in_vain(tried) >= self._most:
            return Proposal(None) if pending else Stop(None)
        return Proposal(self._proposer.propose(tried, pending))

    def _in_vain(self, tried: Tried) -> int:
        """Return how many were tried since the last one that gave a smaller file, or since ever."""
        size, since = math.inf, 0
        for outcome in tried.values():
            file = smallest([outcome], self._limit)
            since += 1
            if file and file.size < size:
                size, since = file.size, 0
        return since
