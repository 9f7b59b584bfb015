"""Figures of good nights go in; what is usual, and how much worse is still noise, come out.

The usual is the median. Its spread is the standard deviation of the nights, without those that lie
more than eight scaled median absolute deviations off (scale 1.4826, Rousseeuw & Croux 1993; rule of
Hampel 1974). Series of one kind lend each other their variance, the more the more alike they are
(moderated variances, Smyth 2004, with moments of the F distribution). The limit is a prediction
limit for one more night: Student's t for so few nights, and the error of the median, pi/2n of the
variance. So one spread is a standard deviation, widened for what so few nights do not tell: three
of them are passed as rarely as three standard deviations that are known, one night in 741.
"""

import math
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
_MAD_SCALE = 1.4826
_OUTLYING = 8.0
# With fewer nights the median absolute deviation is too often near zero by chance.
_NIGHTS_FOR_OUTLIERS = 10
# Series lend each other at most this many times what each knows by itself.
_LENT = 4.0
_STEPS = 20_000


@dataclass(frozen=True)
class Noise:
    """By series: what is usual, one spread, and how far above the usual a value still passes."""

    usual: Array
    spread: Array
    limit: Array


def noise(nights: Array, spreads: float, level: float) -> Noise:
    """Tell the noise of series, one a column, from the nights, one a row; NaN where one has none.

    A clean night passes the limit with a probability of `level`, or that of `spreads` standard
    deviations of a normal distribution if that is less.
    """
    deviation, freedom = _deviation(nights)
    rare = tail(spreads)
    wide = np.array([student(rare, each) for each in freedom]) * deviation
    far = np.array([student(min(rare, level), each) for each in freedom]) * deviation
    return Noise(median(nights), wide / spreads, far)


def tail(spreads: float) -> float:
    """Return the probability that a normal value lies this many standard deviations above."""
    return NormalDist().cdf(-spreads)


def shared(level: float, series: int) -> float:
    """Return the level for each of several series by which all keep `level` together (Šidák)."""
    return -math.expm1(math.log1p(-level) / max(series, 1))


@cache
def student(level: float, freedom: int) -> float:
    """Return what a Student's t of so many degrees of freedom passes with this probability.

    With t = sqrt(freedom) tan(angle), the density is a power of the cosine.
    """
    angles = np.linspace(math.pi / 2, 0.0, _STEPS + 1)
    density = np.cos(angles) ** (freedom - 1)
    above = np.concatenate([[0.0], np.cumsum(density[1:] + density[:-1])])
    angle = np.interp(level, above / (2 * above[-1]), angles)
    return math.sqrt(freedom) * math.tan(float(angle))


def median(values: Array, axis: int = 0) -> Array:
    """Return the median of the values that are there; NaN where there is none."""
    # numpy's own is slow on small tables, and warns of empty ones.
    ordered = np.sort(values, axis=axis)
    count = np.sum(np.isfinite(values), axis=axis, keepdims=True)
    low = np.take_along_axis(ordered, np.maximum(count - 1, 0) // 2, axis=axis)
    high = np.take_along_axis(ordered, count // 2, axis=axis)
    middle: Array = np.squeeze((low + high) / 2, axis=axis)
    return middle


def mean(values: Array, axis: int | tuple[int, ...]) -> Array:
    """Return the mean of the values that are there; NaN where there is none."""
    with np.errstate(invalid="ignore"):
        total: Array = np.nansum(values, axis=axis) / np.sum(np.isfinite(values), axis=axis)
    return total


def _deviation(nights: Array) -> tuple[Array, list[int]]:
    """Return the standard deviation of one more night from the median, and what it rests on."""
    kept = _without_outliers(nights)
    count = np.sum(np.isfinite(kept), axis=0)
    free = np.maximum(count - 1, 1)
    variance = np.nansum((kept - mean(kept, 0)) ** 2, axis=0) / free
    lent = _lent(variance, float(np.median(free)))
    if lent > 0:
        common = np.mean(variance) * (lent - 2) / lent
        variance = (lent * common + free * variance) / (lent + free)
    error = 1 + math.pi / 2 / np.maximum(count, 1)
    return np.sqrt(variance * error), [int(each) for each in free + lent]


def _without_outliers(nights: Array) -> Array:
    off = np.abs(nights - median(nights))
    usual = median(off) * _MAD_SCALE
    count = np.sum(np.isfinite(nights), axis=0)
    odd = (off > _OUTLYING * usual) & (usual > 0) & (count >= _NIGHTS_FOR_OUTLIERS)
    return np.where(odd, np.nan, nights)


def _lent(variance: Array, free: float) -> float:
    """Return the degrees of freedom that the series lend each of them.

    Where true variances are scaled inverse chi-squared, the measured ones follow an F distribution,
    whose mean and variance tell its second degrees of freedom.
    """
    usual = float(np.mean(variance))
    if len(variance) < 3 or usual <= 0:
        return 0.0
    scatter = float(np.var(variance, ddof=1)) / usual**2 * free
    most = _LENT * free
    if scatter <= 2:
        return most
    return min(most, (4 * scatter + 2 * free - 4) / (scatter - 2))
