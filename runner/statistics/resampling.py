"""Say how often a way of choosing among many files keeps its limit on other images."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from runner.statistics.certainty import ROUNDING
from runner.statistics.losses import Floats, Losses
from runner.statistics.paired import Bits

# Numbers that are held at a time, 8 bytes each.
_NUMBERS = 4_000_000


@dataclass(frozen=True)
class Kept:
    """What came of choosing again and again.

    Attributes:
        kept: resamples whose choice kept the limit on other images.
        chosen: resamples in which any candidate qualified.
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
    """Choose on resamples of the images, and judge each choice by a drop drawn for other images.

    A resample has as many images as there are, drawn with repetition (Efron 1979). The first
    candidate that qualifies on it is chosen. Its drop on other images is drawn from the normal
    distribution around its drop on the original ones, with their standard error, smoothed by one
    image of which half is lost and half gained. `python -m benchmarks.calibration` shows that the
    shares which come of this are met, and that two others are not: judged on the images that a
    resample did not contain, few images make choices look worse than they are, and judged on the
    original images, which the resample is drawn from, all choices look better.

    Args:
        candidates: in the order of preference; of each, for every seed, whether the dense network,
            and whether the file, classifies each image right, shape (N,).
        limit: the largest mean drop of accuracy that is allowed, -1 to 1.
        confidence: None: a candidate qualifies by its mean drop; otherwise it must be `WITHIN` by
            intervals of this confidence, between 0 and 1.
        resamples: how often to choose.
        seed: the same seed draws the same images.

    Raises:
        ValueError: a candidate without a seed, no image, or not the same number in all pairs.
    """
    if not candidates:
        return Kept(0, 0, resamples)
    losses, random = Losses(candidates), np.random.default_rng(seed)
    drops, errors = losses.drops()
    kept = chosen = 0
    for weights in _draws(losses, resamples, random):
        qualify = losses.keep(weights, limit, confidence)
        first = qualify.argmax(axis=1)[qualify.any(axis=1)]
        drawn = drops[first] + errors[first] * random.standard_normal(len(first))
        kept += int(np.count_nonzero(drawn <= limit + ROUNDING))
        chosen += len(first)
    return Kept(kept, chosen, resamples)


def _draws(losses: Losses, resamples: int, random: np.random.Generator) -> Iterator[Floats]:
    """Yield how often each kind of image is drawn, many resamples at a time."""
    kinds, images = len(losses.counts), losses.images
    kind_of = np.repeat(np.arange(kinds, dtype=np.int32), losses.counts)
    at_once = max(1, _NUMBERS // max(kinds, images))
    for start in range(0, resamples, at_once):
        size = min(at_once, resamples - start)
        drawn = kind_of[random.integers(0, images, (size, images), dtype=np.int32)]
        places = drawn + np.arange(size, dtype=np.int32)[:, None] * np.int32(kinds)
        counts = np.bincount(places.ravel(), minlength=size * kinds)
        yield counts.reshape(size, kinds).astype(np.float32)
