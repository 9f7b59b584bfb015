"""Judge one setting by what several seeds of it came to."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from runner.statistics.certainty import Certainty, certainty
from runner.statistics.crossed import mean_interval, plain_interval
from runner.statistics.independent import independent_drop
from runner.statistics.interval import Interval
from runner.statistics.paired import Bits, paired_drop

# From so many seeds on, their spread says how far the mean of all seeds may be off.
ENOUGH = 5


@dataclass(frozen=True)
class Repeats:
    """The accuracy drops of one setting, a seed each: dense accuracy minus the file's, -1 to 1.

    Attributes:
        drops: of the seeds, in the order in which they were given.
        intervals: of the same.
        interval: one seed: its own; 2 to 4 seeds: from the least drop to the largest; 5 or more:
            of the mean drop over all seeds and all images like these.
    """

    drops: tuple[float, ...]
    intervals: tuple[Interval, ...]
    interval: Interval

    @classmethod
    def of(cls, pairs: Sequence[tuple[Bits, Bits]], confidence: float = 0.95) -> "Repeats":
        """Judge seeds by their answers, image by image.

        The mean of 5 or more seeds is bounded with seeds and images both drawn at random, as two
        crossed facets (`runner.statistics.crossed`).

        Args:
            pairs: one a seed: whether the dense network, and whether the file, classifies each
                image right, each of shape (N,).
            confidence: how often an interval holds the true drop, between 0 and 1.

        Raises:
            ValueError: no seed, no image, or not the same number of images in all of them.
        """
        intervals = tuple(paired_drop(dense, file, confidence) for dense, file in pairs)
        if len({len(dense) for dense, _ in pairs}) != 1:
            raise ValueError("repeats need at least one seed, and the same images in all of them")
        drops = tuple(
            (int(np.count_nonzero(dense)) - int(np.count_nonzero(file))) / len(dense)
            for dense, file in pairs
        )
        if len(pairs) < ENOUGH:
            return cls(drops, intervals, _few(drops, intervals))
        losses = np.array([dense.astype(np.int8) - file for dense, file in pairs])
        return cls(drops, intervals, mean_interval(losses, confidence))

    @classmethod
    def of_counts(
        cls, counts: Sequence[tuple[int, int, int]], confidence: float = 0.95
    ) -> "Repeats":
        """Judge seeds by their accuracies alone, where nothing tells which images they classify.

        The mean of 5 or more seeds is bounded by the spread of the seeds and by the number of
        images (`runner.statistics.crossed`).

        Args:
            counts: one a seed: images that the dense network, and that the file, classifies right,
                and how many images there are.

        Raises:
            ValueError: no seed, no image, or more are right than there are.
        """
        if not counts:
            raise ValueError("repeats need at least one seed")
        intervals = tuple(independent_drop(*count, confidence) for count in counts)
        drops = tuple((dense - file) / images for dense, file, images in counts)
        if len(counts) < ENOUGH:
            return cls(drops, intervals, _few(drops, intervals))
        return cls(drops, intervals, plain_interval(drops, intervals, confidence))

    @property
    def mean(self) -> float:
        """The mean of the seeds' drops."""
        return statistics.fmean(self.drops)

    @property
    def spread(self) -> float:
        """The standard deviation of the seeds' drops, with n - 1; 0 for one seed."""
        return statistics.stdev(self.drops) if len(self.drops) > 1 else 0.0

    @property
    def worst(self) -> float:
        """The largest of the seeds' drops."""
        return max(self.drops)

    def certainty(self, limit: float) -> Certainty:
        """Say where the setting lies, seen from a limit of the drop.

        Of 2 to 4 seeds every one must be within, or every one beyond.
        """
        if len(self.drops) >= ENOUGH:
            return certainty(self.interval, limit)
        words = {certainty(interval, limit) for interval in self.intervals}
        return words.pop() if len(words) == 1 else Certainty.TOO_CLOSE


def _few(drops: Sequence[float], intervals: Sequence[Interval]) -> Interval:
    if len(drops) == 1:
        return intervals[0]
    return Interval(min(drops), max(drops), intervals[0].paired)
