"""Choose which channels of a model stay."""

import math
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np

from runner.channels.graph import ChannelGraph
from runner.channels.labels import Channels, Labels
from runner.channels.layer_rules import share_of
from runner.settings import ChannelsSettings


@dataclass(frozen=True)
class Selection:
    """The channels that go, each by the root of its label."""

    labels: Labels
    removed: AbstractSet[int]

    def stays(self, channels: Channels) -> np.ndarray:
        """Tell which of these channels stay; bool, of the same shape."""
        return np.isin(self.labels.roots(channels), [*self.removed], invert=True)


def select(graph: ChannelGraph, channels: ChannelsSettings) -> Selection:
    """Choose the channels that go: in each layer the share with the smallest scores.

    Source of the criteria: Li et al., "Pruning filters for efficient ConvNets", 2017 (with L2 for
    L1), and Liu et al., "Learning efficient convolutional networks through network slimming", 2017.

    Raises:
        ImpossiblePoint: layers whose channels go together have several shares of their own.
    """
    norms = _scores(graph, _norms(graph))
    gammas = _scores(graph, _gammas(graph)) if channels.criterion == "gamma" else {}
    removed: set[int] = set()
    for names, roots in _groups(graph).items():
        number = kept_number(len(roots), share_of(names, channels), channels.multiple)
        scores = gammas if gammas.keys() >= {*roots} else norms
        best = sorted(roots, key=lambda root: scores[root], reverse=True)
        removed |= {*best[number:]}
    return Selection(graph.labels, removed)


def kept_number(size: int, share: float, multiple: int) -> int:
    """Return how many of a number of channels stay: the multiple closest to what the share leaves.

    At least one multiple stays; a size below it stays whole.
    """
    if share == 0 or size <= multiple:
        return size
    nearest = math.floor(size * (1 - share) / multiple + 0.5) * multiple
    return min(size, max(multiple, nearest))


def _groups(graph: ChannelGraph) -> dict[frozenset[str], list[int]]:
    """Group the channels that can go by the layers that make them; in the order of their labels."""
    makers: dict[int, set[str]] = {}
    for name, filters in graph.holdings.filters.items():
        for root in graph.labels.roots(filters.channels).tolist():
            makers.setdefault(root, set()).add(name)
    groups: dict[frozenset[str], list[int]] = {}
    for root in sorted(makers):
        if graph.labels.reason(root) is None:
            groups.setdefault(frozenset(makers[root]), []).append(root)
    return groups


# Channels, and a number for each.
_Scores = tuple[Channels, np.ndarray]


def _norms(graph: ChannelGraph) -> Iterator[_Scores]:
    for filters in graph.holdings.filters.values():
        kernel = np.moveaxis(filters.kernel.numpy(), filters.axis, 0).astype(np.float64)
        yield filters.channels, np.square(kernel.reshape(len(kernel), -1)).sum(axis=1)


def _gammas(graph: ChannelGraph) -> Iterator[_Scores]:
    for channels, gamma in graph.holdings.gammas.values():
        yield channels, np.square(gamma.numpy().astype(np.float64))


def _scores(graph: ChannelGraph, parts: Iterable[_Scores]) -> Mapping[int, float]:
    """Add up the squares by root: layers whose channels go together decide together."""
    scores: dict[int, float] = {}
    for channels, squares in parts:
        for root, square in zip(graph.labels.roots(channels).tolist(), squares, strict=True):
            scores[root] = scores.get(root, 0.0) + float(square)
    return scores
