"""Estimate the noise of figures over nights, and how much worse a night may be within it.

The usual value is the median. Its spread is the standard deviation of the nights, without those
that lie more than eight scaled median absolute deviations off (scale 1.4826, Rousseeuw & Croux
1993; rule of Hampel 1974). Series of one kind share their variance, the more so the more alike they
are (moderated variances, Smyth 2004, with moments of the F distribution). The limit is a prediction
limit for one more night: Student's t for so few nights, and the error of the median, pi/2n of the
variance. So one spread is a standard deviation, widened because so few nights do not determine it:
three of them are exceeded as rarely as three known standard deviations, one night in 741.
"""

import math
import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, t

Array = NDArray[np.float64]
_MAD_SCALE = 1.4826
_OUTLIER_DEVIATIONS = 8.0
# With fewer nights the median absolute deviation is too often near zero by chance.
_NIGHTS_FOR_OUTLIERS = 10
# The common variance weighs at most this many times as much as a series' own.
_LARGEST_PRIOR = 4.0


@dataclass(frozen=True)
class Noise:
    """By series: the usual value, one spread, and how far above the usual a value still passes."""

    usual: Array
    spread: Array
    limit: Array


def noise(nights: Array, spreads: float, level: float) -> Noise:
    """Estimate the noise of series, of shape (nights, series); NaN where a night has no value.

    A clean night passes the limit with a probability of `level`, or that of `spreads` standard
    deviations of a normal distribution if that is less.
    """
    deviation, freedom = _deviation(nights)
    rare = norm.sf(spreads)
    passed, limit = t.isf([[rare], [min(rare, level)]], freedom) * deviation
    return Noise(median(nights), passed / spreads, limit)


def sidak_level(level: float, series: int) -> float:
    """Return the level for each of several series at which all together keep `level` (Šidák)."""
    return -math.expm1(math.log1p(-level) / max(series, 1))


def median(values: Array, axis: int = 0) -> Array:
    """Return the median of the values that are not NaN; NaN where all are."""
    # np.nanmedian and SciPy's median_abs_deviation take eight and a hundred times as long on tables
    # as small as these, of which a night has dozens.
    ordered = np.sort(values, axis=axis)
    count = np.sum(np.isfinite(values), axis=axis, keepdims=True)
    low = np.take_along_axis(ordered, np.maximum(count - 1, 0) // 2, axis=axis)
    high = np.take_along_axis(ordered, count // 2, axis=axis)
    middle: Array = np.squeeze((low + high) / 2, axis=axis)
    return middle


def mean(values: Array, axis: int | tuple[int, ...]) -> Array:
    """Return the mean of the values that are not NaN; NaN where all are."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Mean of empty slice")
        average: Array = np.nanmean(values, axis=axis)
    return average


def _deviation(nights: Array) -> tuple[Array, Array]:
    """Return the standard deviation of one more night from the median, and its degrees of freedom.

    The degrees are whole numbers: rounded down, they never make a limit narrower.
    """
    values = _without_outliers(nights)
    count = np.sum(np.isfinite(values), axis=0)
    own = np.maximum(count - 1, 1)
    variance = _variance(values)
    prior = _prior_freedom(variance, float(np.median(own)))
    if prior > 0:
        common = np.mean(variance) * (prior - 2) / prior
        variance = (prior * common + own * variance) / (prior + own)
    error = 1 + math.pi / 2 / np.maximum(count, 1)
    return np.sqrt(variance * error), np.floor(own + prior)


def _without_outliers(nights: Array) -> Array:
    distance = np.abs(nights - median(nights))
    deviation = median(distance) * _MAD_SCALE
    count = np.sum(np.isfinite(nights), axis=0)
    outlying = (distance > _OUTLIER_DEVIATIONS * deviation) & (deviation > 0)
    return np.where(outlying & (count >= _NIGHTS_FOR_OUTLIERS), np.nan, nights)


def _variance(values: Array) -> Array:
    """Return the variance of each series; 0 of one that has less than two values."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Degrees of freedom <= 0")
        variance: Array = np.nanvar(values, axis=0, ddof=1)
    return np.nan_to_num(variance)


def _prior_freedom(variance: Array, freedom: float) -> float:
    """Return the degrees of freedom with which the common variance weighs in each series.

    Where true variances are scaled inverse chi-squared, the measured ones follow an F distribution,
    whose mean and variance give its second degrees of freedom.
    """
    usual = float(np.mean(variance))
    if len(variance) < 3 or usual <= 0:
        return 0.0
    scatter = float(np.var(variance, ddof=1)) / usual**2 * freedom
    largest = _LARGEST_PRIOR * freedom
    if scatter <= 2:
        return largest
    return min(largest, (4 * scatter + 2 * freedom - 4) / (scatter - 2))
