"""Keep together the channels that can only be removed together, and those that must stay."""

import numpy as np
from numpy.typing import NDArray

# The label of each channel of a tensor, or of each place along an axis of a weight.
Channels = NDArray[np.int64]


class Labels:
    """Labels of channels, of which some are united, and some must stay.

    Source: union by smallest label with halved paths, Tarjan and van Leeuwen, "Worst-case analysis
    of set union algorithms", 1984.
    """

    def __init__(self) -> None:
        self._parents: list[int] = []
        self._reasons: dict[int, str] = {}

    def new(self, number: int) -> Channels:
        """Return labels that were not there before."""
        first = len(self._parents)
        self._parents += range(first, first + number)
        return np.arange(first, first + number)

    def root(self, label: int) -> int:
        """Return the smallest label that this one is united with."""
        parents = self._parents
        while parents[label] != label:
            parents[label] = parents[parents[label]]
            label = parents[label]
        return label

    def roots(self, channels: Channels) -> Channels:
        """Return the root of each label."""
        return np.array([self.root(int(label)) for label in channels], np.int64)

    def unite(self, first: Channels, second: Channels) -> None:
        """Unite labels one by one: a channel of the one goes only with that of the other."""
        for one, other in zip(first.tolist(), second.tolist(), strict=True):
            low, high = sorted((self.root(one), self.root(other)))
            self._parents[high] = low
            if high in self._reasons:
                self._reasons.setdefault(low, self._reasons[high])

    def keep(self, channels: Channels, reason: str) -> None:
        """Say that channels must stay, and why; the first reason counts."""
        for label in channels.tolist():
            self._reasons.setdefault(self.root(label), reason)

    def reason(self, label: int) -> str | None:
        """Return why a channel must stay; None for one that can be removed."""
        return self._reasons.get(self.root(label))
