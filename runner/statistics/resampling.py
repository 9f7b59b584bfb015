"""Say how often the choice among many files keeps its limit on other images."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from runner.statistics.certainty import ROUNDING, Certainty
from runner.statistics.paired import Bits
from runner.statistics.repeats import Repeats

# Images that are lost, and as many gained, beside those that there are.
_MORE = 2


@dataclass(frozen=True)
class Kept:
    """What came of judging a choice again and again.

    Attributes:
        kept: resamples on which the choice kept the limit.
        chosen: resamples on which there was a choice: all, or none where nothing qualifies.
        resamples: how many there were.
    """

    kept: int
    chosen: int
    resamples: int


def how_often_kept(
    candidates: Sequence[Sequence[tuple[Bits, Bits]]],
    limit: float,
    confidence: float | None,
    resamples: int = 2000,
    seed: int = 0,
) -> Kept:
    """Choose the first candidate that qualifies, and judge it on resamples of the images.

    A resample gives each image a weight at random, as "The Bayesian Bootstrap" (Rubin 1981) does,
    and four images more, two lost and two gained, as Agresti and Coull (1998) add four: without
    them, what a few images happen not to show would be taken for impossible.

    `python -m benchmarks.calibration` compares the share with what the larger part of MNIST and
    Fashion-MNIST shows: in each tenth of the shares they are within about 10 points. Of three
    other ways they are not. Where the choice is made again on each resample, and judged on the
    images that it does not contain, choices on few images look worse than they are; judged on the
    original images, of which each resample is a part, most look better; and judged on a second
    resample, chance counts twice. The price: as the choice itself is made once, the share is hardly
    ever below a half, however many candidates there are.

    Args:
        candidates: in the order of preference; of each, for every seed, whether the dense network,
            and whether the file, classifies each image right, shape (N,).
        limit: the largest mean drop of accuracy that is allowed, -1 to 1.
        confidence: None: a candidate qualifies by its mean drop; otherwise it must be `WITHIN` by
            intervals of this confidence, between 0 and 1.
        resamples: how often to judge.
        seed: the same seed draws the same weights.

    Raises:
        ValueError: a candidate without a seed, no image, or not the same number in all pairs.
    """
    sizes = {bits.shape for candidate in candidates for pair in candidate for bits in pair}
    if candidates and (not all(candidates) or len(sizes) != 1 or sizes == {(0,)}):
        raise ValueError("resampling needs a seed of each candidate, and the same images in all")
    chosen = next((each for each in candidates if _qualifies(each, limit, confidence)), None)
    if chosen is None:
        return Kept(0, 0, resamples)
    drops = _drops(_losses(chosen) / len(chosen), resamples, np.random.default_rng(seed))
    return Kept(int(np.count_nonzero(drops <= limit + ROUNDING)), resamples, resamples)


def _qualifies(pairs: Sequence[tuple[Bits, Bits]], limit: float, confidence: float | None) -> bool:
    if confidence is not None:
        return Repeats.of(pairs, confidence).certainty(limit) == Certainty.WITHIN
    losses = _losses(pairs)
    return bool(losses.sum() / (len(pairs) * losses.size) <= limit + ROUNDING)


def _losses(pairs: Sequence[tuple[Bits, Bits]]) -> NDArray[np.int64]:
    """Return how many more dense networks than files classify each image right, shape (N,)."""
    return np.asarray(np.sum([dense.astype(np.int64) - file for dense, file in pairs], axis=0))


def _drops(
    losses: NDArray[np.float64], resamples: int, random: np.random.Generator
) -> NDArray[np.float64]:
    """Return the mean of the images' losses on each resample, shape (resamples,).

    Weights of images of one loss come to a gamma variable with their number as its shape.
    """
    values, counts = np.unique(losses, return_counts=True)
    values, shapes = np.append(values, (1.0, -1.0)), np.append(counts, (_MORE, _MORE))
    weights = random.standard_gamma(shapes, (resamples, len(shapes)))
    return np.asarray(weights @ values / weights.sum(axis=1))
