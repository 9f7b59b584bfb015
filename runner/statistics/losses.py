"""Count again, on resamples of the images, what files lose and gain against dense networks."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from runner.statistics.certainty import ROUNDING
from runner.statistics.crossed import mean_ends
from runner.statistics.paired import Bits, paired_ends
from runner.statistics.repeats import ENOUGH

Floats = NDArray[np.float32]


class Losses:
    """The answers of candidates, each with a pair of dense network and file for every seed.

    Images that all of them answer alike are one kind of image.

    Attributes:
        images: how many images there are.
        counts: how many of them are of each kind, shape (kinds,).
    """

    def __init__(self, candidates: Sequence[Sequence[tuple[Bits, Bits]]]) -> None:
        """Take the answers of at least one candidate.

        Raises:
            ValueError: a candidate without a seed, no image, or not the same number in all pairs.
        """
        pairs = [pair for candidate in candidates for pair in candidate]
        sizes = {bits.shape for pair in pairs for bits in pair}
        if not all(candidates) or len(sizes) != 1 or sizes == {(0,)}:
            raise ValueError(
                "resampling needs a seed of each candidate, and the same images in all"
            )
        dense, file = (np.array(bits).T for bits in zip(*pairs, strict=True))
        kinds, self.counts = _kinds(np.hstack([dense, file]))
        dense, file = np.hsplit(kinds, 2)
        self.images = int(self.counts.sum())
        self._dense: Floats = dense.astype(np.float32)
        self._lost: Floats = (dense & ~file).astype(np.float32)
        self._gained: Floats = (file & ~dense).astype(np.float32)
        self._seeds = [len(candidate) for candidate in candidates]
        self._starts = np.cumsum([0, *self._seeds[:-1]])
        self._mean: Floats = self._of_candidates(self._lost - self._gained)

    def keep(self, weights: Floats, limit: float, confidence: float | None) -> NDArray[np.bool_]:
        """Tell which candidates keep a limit on which resamples, shape (resamples, candidates).

        Args:
            weights: how often each kind of image was drawn, shape (resamples, kinds).
            limit: the largest mean drop that is allowed, -1 to 1.
            confidence: None: the mean drop itself is compared; otherwise its interval must be
                within, and of less than 5 seeds every seed's.
        """
        if confidence is None:
            drops = weights @ self._mean / self.images
            # These are sums of 32-bit numbers, and far from each other where they are not equal.
            return np.asarray(drops <= limit + 1e-6)
        return self._highest(weights, confidence) <= limit + ROUNDING

    def drops(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the mean drop of each candidate and its standard error, smoothed by one image.

        Half of that image is lost, half is gained: without it, a file that answers like the dense
        network would be taken to do so on all images for certain.
        """
        images, mean = self.images + 1, self._mean.astype(float)
        drops = self.counts @ mean / images
        squares = (self.counts @ mean**2 + 1) / images
        return drops, np.sqrt((squares - drops**2) / images)

    def _highest(self, weights: Floats, confidence: float) -> NDArray[np.float64]:
        """Return the upper ends that must be inside a limit, shape (resamples, candidates)."""
        lost, gained = weights @ self._lost, weights @ self._gained
        both = weights @ self._dense - lost
        neither = self.images - both - lost - gained
        _, high = paired_ends(both, lost, gained, neither, confidence)
        ends = np.maximum.reduceat(high, self._starts, axis=1)
        for index, (start, seeds) in enumerate(zip(self._starts, self._seeds, strict=True)):
            if seeds >= ENOUGH:
                part = slice(start, start + seeds)
                of_seeds = (lost[:, part] - gained[:, part]) / self.images
                squares = (lost[:, part] + gained[:, part]).mean(axis=1) / self.images
                of_images = weights @ np.square(self._mean[:, index]) / self.images
                ends[:, index] = mean_ends(of_seeds, of_images, squares, self.images, confidence)[1]
        return ends

    def _of_candidates(self, of_files: Floats) -> Floats:
        return np.asarray(np.add.reduceat(of_files, self._starts, axis=1) / self._seeds, np.float32)


def _kinds(answers: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Return the different rows, and how often each of them is there."""
    rows, counts = np.unique(np.packbits(answers, axis=1), axis=0, return_counts=True)
    return np.unpackbits(rows, axis=1, count=answers.shape[1]).astype(np.bool_), counts
