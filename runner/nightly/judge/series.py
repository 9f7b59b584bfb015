"""A table of one figure goes in; series to judge by come out: of all, a target, a point, a file.

What all points of a night have in common, as its seed and its machine, is noise to each of them:
so a point is seen beside the other points of its night, and a target beside the other targets of
its point. A change to all points shows in their mean, one to a part beside the rest.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from runner.nightly.judge.metric import Figures
from runner.nightly.judge.noise import Array, mean, median

# A point and a target; None where all of them are meant.
Member = tuple[str | None, str | None]


class Part(StrEnum):
    """What a series stands for."""

    SWEEP = "sweep"
    TARGET = "target"
    POINT = "point"
    FILE = "file"


@dataclass(frozen=True)
class View:
    """Series of one sort, one a column: nights with tonight last, and what each is about.

    `usual` and `worse` are the series' own level and tonight's distance from it, taken by
    themselves and not beside the rest.
    """

    part: Part
    members: tuple[Member, ...]
    nights: Array
    usual: Array
    worse: Array


def views(figures: Figures) -> Iterator[View]:
    """Look at a table in each way in which it has more than one series to compare."""
    level = median(figures.values[:-1])
    # From each file's own level, so that a night that lacks some does not shift the mean.
    off = figures.values - level
    tonight = np.stack([level, off[-1]])
    points, targets = figures.points, figures.targets
    beside = off - median(off, axis=2)[:, :, None]
    of_all = mean(off, (1, 2))
    # The medians' mean is not the means' median, by which the nights are judged.
    moved = median(of_all[:-1]) * np.array([1.0, -1.0])
    yield _view(Part.SWEEP, [(None, None)], of_all, mean(tonight, (1, 2)) + moved)
    if len(targets) > 1:
        members: list[Member] = [(None, target) for target in targets]
        yield _view(Part.TARGET, members, mean(beside, 1), mean(tonight, 1))
    if len(points) > 1:
        members = [(point, None) for point in points]
        of_points = mean(off, 2)
        apart = of_points - median(of_points, axis=1)[:, None]
        yield _view(Part.POINT, members, apart, mean(tonight, 2))
    if len(targets) > 1 and len(points) > 1:
        members = [(point, target) for point in points for target in targets]
        yield _view(Part.FILE, members, beside - median(beside, axis=1)[:, None], tonight)


def _view(part: Part, members: Sequence[Member], nights: Array, tonight: Array) -> View:
    """Leave out the series that tonight has nothing of."""
    nights, tonight = nights.reshape(len(nights), -1), tonight.reshape(2, -1)
    there = np.isfinite(nights[-1])
    kept = tuple(each for each, known in zip(members, there, strict=True) if known)
    return View(part, kept, nights[:, there], tonight[0, there], tonight[1, there])
