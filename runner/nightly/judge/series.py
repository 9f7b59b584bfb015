"""Split a table of one metric into the series to judge: of all points, a target, a point, a file.

What all points of a night have in common, as its seed and its machine, is noise to each of them:
so a point is compared with the other points of its night, and a target with the other targets of
its point. A change to all points shows in their mean, a change to one part in its distance from the
other parts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from runner.nightly.judge.metric import Table
from runner.nightly.judge.noise import Array, mean, median

# A point and a target; None where all of them are meant.
Member = tuple[str | None, str | None]


class Scope(StrEnum):
    """What a series stands for."""

    SWEEP = "sweep"
    TARGET = "target"
    POINT = "point"
    FILE = "file"


@dataclass(frozen=True)
class Group:
    """Series of one scope, of shape (nights, series), tonight last, and what each is about.

    `usual` and `worse` are the series' own level and tonight's distance from it, which are not
    relative to other points or targets as `nights` are.
    """

    scope: Scope
    members: tuple[Member, ...]
    nights: Array
    usual: Array
    worse: Array


def groups(table: Table) -> Iterator[Group]:
    """Go through the scopes in which a table has more than one series to compare."""
    points, targets = table.points, table.targets
    level = median(table.values[:-1])
    # From each file's own level, so that a night that lacks some does not shift the mean.
    offsets = table.values - level
    tonight = np.stack([level, offsets[-1]])
    from_targets = offsets - median(offsets, axis=2)[:, :, None]
    mean_offset = mean(offsets, (1, 2))
    # The medians' mean is not the means' median, by which the nights are judged.
    shift = median(mean_offset[:-1]) * np.array([1.0, -1.0])
    yield _group(Scope.SWEEP, [(None, None)], mean_offset, mean(tonight, (1, 2)) + shift)
    if len(targets) > 1:
        members: list[Member] = [(None, target) for target in targets]
        yield _group(Scope.TARGET, members, mean(from_targets, 1), mean(tonight, 1))
    if len(points) > 1:
        members = [(point, None) for point in points]
        from_points = _from_median_point(mean(offsets, 2))
        yield _group(Scope.POINT, members, from_points, mean(tonight, 2))
    if len(targets) > 1 and len(points) > 1:
        members = [(point, target) for point in points for target in targets]
        yield _group(Scope.FILE, members, _from_median_point(from_targets), tonight)


def _from_median_point(values: Array) -> Array:
    """Subtract from each point, the second dimension, the median of a night's points."""
    return values - np.expand_dims(median(values, axis=1), 1)


def _group(scope: Scope, members: Sequence[Member], nights: Array, tonight: Array) -> Group:
    """Leave out the series that tonight has nothing of."""
    nights, tonight = nights.reshape(len(nights), -1), tonight.reshape(2, -1)
    present = np.isfinite(nights[-1])
    named = tuple(member for member, here in zip(members, present, strict=True) if here)
    return Group(scope, named, nights[:, present], tonight[0, present], tonight[1, present])
