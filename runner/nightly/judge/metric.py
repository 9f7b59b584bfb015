"""Nights of one sweep go in; a table of one of their figures comes out, the higher the worse."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from runner.nightly.history.records import NightPoint, NightSweep
from runner.nightly.judge.findings import Kind
from runner.nightly.judge.noise import Array
from runner.nightly.judge.tolerance import Tolerance


@dataclass(frozen=True)
class Figure:
    """A figure of points by target, and how it counts as worse."""

    kind: Kind
    read: Callable[[NightPoint], Mapping[str, float]]
    floor: Callable[[Tolerance], float]
    unit: str = ""

    @property
    def relative(self) -> bool:
        """Tell whether its changes are shares of what is usual: all but accuracies."""
        return self.kind is not Kind.ACCURACY

    def badness(self, values: Array) -> Array:
        """Convert values into ones of which differences count, and more is worse."""
        if not self.relative:
            return -values
        return np.log(np.where(values > 0, values, np.nan))

    def value(self, badness: float) -> float:
        """Convert back."""
        return math.exp(badness) if self.relative else -badness

    def least(self, tolerance: Tolerance) -> float:
        """Return the difference that passes however quiet the nights were."""
        floor = self.floor(tolerance)
        return math.log1p(floor) if self.relative else floor

    def told(self, badness: float) -> str:
        """Say a value in words."""
        value = self.value(badness)
        if not self.relative:
            return f"{value:.2%}"
        return f"{value:,.1f} s" if self.kind is Kind.TIME else f"{value:,.0f} bytes"

    def told_change(self, difference: float) -> str:
        """Say a difference in words."""
        if self.relative:
            return f"{math.expm1(difference):.1%}"
        return f"{difference * 100:.2f} points"


def _seconds(point: NightPoint) -> Mapping[str, float]:
    return {} if point.seconds is None else {"": point.seconds}


# Test accuracy: the pick is chosen on validation accuracy, which flatters what was chosen by it.
ACCURACY = Figure(
    Kind.ACCURACY,
    lambda point: {target: file.accuracy for target, file in point.files.items()},
    lambda tolerance: tolerance.accuracy,
)
SIZE = Figure(
    Kind.SIZE,
    lambda point: {target: file.size_bytes for target, file in point.files.items()},
    lambda tolerance: tolerance.size,
)
ZIPPED_SIZE = Figure(
    Kind.ZIPPED_SIZE,
    lambda point: {target: file.zip_bytes for target, file in point.files.items()},
    lambda tolerance: tolerance.zipped_size,
)
TIME = Figure(Kind.TIME, _seconds, lambda tolerance: tolerance.time)
FIGURES = (ACCURACY, SIZE, ZIPPED_SIZE, TIME)


@dataclass(frozen=True)
class Figures:
    """One figure: nights (tonight last) by points by targets; NaN where there is none."""

    points: tuple[str, ...]
    targets: tuple[str, ...]
    values: Array


def table(figure: Figure, nights: Sequence[NightSweep], least_nights: int) -> Figures | None:
    """Collect what tonight, the last of the nights, has and enough of the others have.

    None where that is nothing.
    """
    read = [
        {name: figure.read(point) for name, point in night.points.items() if point.finished}
        for night in nights
    ]
    points = tuple(read[-1])
    targets = tuple(dict.fromkeys(target for each in read[-1].values() for target in each))
    values = np.array(
        [
            [[night.get(point, {}).get(target, np.nan) for target in targets] for point in points]
            for night in read
        ]
    ).reshape(len(nights), len(points), len(targets))
    values = figure.badness(np.where(np.isfinite(values), values, np.nan))
    known = np.sum(np.isfinite(values[:-1]), axis=0) >= least_nights
    values[:, ~(known & np.isfinite(values[-1]))] = np.nan
    return Figures(points, targets, values) if np.isfinite(values[-1]).any() else None
