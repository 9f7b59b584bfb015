"""Collect one metric of a sweep's points over nights, in units in which more is worse."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from runner.nightly.history.points import NightPoint
from runner.nightly.history.records import NightSweep
from runner.nightly.judge.findings import Kind
from runner.nightly.judge.noise import Array
from runner.nightly.judge.tolerance import Tolerance


@dataclass(frozen=True)
class Metric:
    """A metric of points by target, and how it counts as worse.

    `read` returns a point's values by target, `tolerated` the change that always passes.
    """

    kind: Kind
    read: Callable[[NightPoint], Mapping[str, float]]
    tolerated: Callable[[Tolerance], float]

    @property
    def relative(self) -> bool:
        """Tell whether its changes are shares of the usual value: all but accuracies."""
        return self.kind is not Kind.ACCURACY

    def to_badness(self, values: Array) -> Array:
        """Convert values into ones whose differences count, and of which more is worse."""
        if not self.relative:
            return -values
        return np.log(np.where(values > 0, values, np.nan))

    def from_badness(self, badness: float) -> float:
        """Convert back."""
        return math.exp(badness) if self.relative else -badness

    def floor(self, tolerance: Tolerance) -> float:
        """Return the difference of badness that passes however quiet the nights were."""
        change = self.tolerated(tolerance)
        return math.log1p(change) if self.relative else change

    def value_text(self, badness: float) -> str:
        """Write a value with its unit."""
        value = self.from_badness(badness)
        if not self.relative:
            return f"{value:.2%}"
        return f"{value:,.1f} s" if self.kind is Kind.TIME else f"{value:,.0f} bytes"

    def change_text(self, difference: float) -> str:
        """Write a difference of badness with its unit."""
        if self.relative:
            return f"{math.expm1(difference):.1%}"
        return f"{difference * 100:.2f} points"


def _seconds(point: NightPoint) -> Mapping[str, float]:
    return {} if point.seconds is None else {"": point.seconds}


# Test accuracy: the pick is chosen on validation accuracy, which flatters what was chosen by it.
ACCURACY = Metric(
    Kind.ACCURACY,
    lambda point: {target: file.accuracy for target, file in point.files.items()},
    lambda tolerance: tolerance.accuracy,
)
SIZE = Metric(
    Kind.SIZE,
    lambda point: {target: file.size_bytes for target, file in point.files.items()},
    lambda tolerance: tolerance.size,
)
ZIPPED_SIZE = Metric(
    Kind.ZIPPED_SIZE,
    lambda point: {target: file.zip_bytes for target, file in point.files.items()},
    lambda tolerance: tolerance.zipped_size,
)
TIME = Metric(Kind.TIME, _seconds, lambda tolerance: tolerance.time)
METRICS = (ACCURACY, SIZE, ZIPPED_SIZE, TIME)


@dataclass(frozen=True)
class Table:
    """Badness of one metric, of shape (nights, points, targets), tonight last; NaN where none."""

    points: tuple[str, ...]
    targets: tuple[str, ...]
    values: Array


def collect_table(metric: Metric, nights: Sequence[NightSweep], least_nights: int) -> Table | None:
    """Collect what tonight, the last of the nights, has and enough of the others have.

    None where that is nothing.
    """
    by_night = [
        {name: metric.read(point) for name, point in night.points.items() if point.finished}
        for night in nights
    ]
    points = tuple(by_night[-1])
    targets = tuple(dict.fromkeys(name for files in by_night[-1].values() for name in files))
    values = np.array(
        [
            [[night.get(point, {}).get(target, np.nan) for target in targets] for point in points]
            for night in by_night
        ]
    ).reshape(len(nights), len(points), len(targets))
    badness = metric.to_badness(np.where(np.isfinite(values), values, np.nan))
    enough = np.sum(np.isfinite(badness[:-1]), axis=0) >= least_nights
    badness[:, ~(enough & np.isfinite(badness[-1]))] = np.nan
    return Table(points, targets, badness) if np.isfinite(badness[-1]).any() else None
