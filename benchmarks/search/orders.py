"""Try settings in an order that nothing changes that is learnt on the way."""

from collections.abc import Sequence

import numpy as np

from runner.search.setting import Tried


class FixedOrder:
    """Proposes the first setting of an order that was not yet tried."""

    def __init__(self, order: Sequence[int]) -> None:
        """Take the places of all settings."""
        self._order = order

    @classmethod
    def random(cls, settings: int, seed: int) -> "FixedOrder":
        """Draw an order."""
        return cls(np.random.default_rng(seed).permutation(settings).tolist())

    def propose(self, tried: Tried, pending: Sequence[int]) -> int:
        """Return the first place that is neither tried nor pending."""
        return next(place for place in self._order if place not in tried and place not in pending)
