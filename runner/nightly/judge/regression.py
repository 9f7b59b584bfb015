"""A night and the good nights before it go in; what got worse beyond their noise comes out.

All figures of a night are judged at a false alarm rate of at most one clean night in a hundred, in
all: the shares below, split evenly among the series that each of them judges (Šidák 1967).

What is caught on the first night: a fall of the mean test accuracy of a sweep by more than three of
its spreads (see noise.py), wherever its floor allows and up to four sweeps a night; with more of
them it takes a little more. A fall of a single point takes more spreads of its own, for it is one
of many that have each a chance to fall by luck: with 12 points about 3.7, and a fall by 3 would
alarm on one clean night in 60. A fall of single targets shows beside the other targets of the same
points, whose noise is nearly the same, down to the floor. A true fall of just so many spreads is
caught on every second night, for its night has luck too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from runner.nightly.history.records import Night, NightSweep
from runner.nightly.judge.changes import changes
from runner.nightly.judge.deduplicate import narrowed
from runner.nightly.judge.findings import Finding, Kind, place
from runner.nightly.judge.metric import FIGURES, Figure, table
from runner.nightly.judge.missing import gone
from runner.nightly.judge.noise import noise, shared
from runner.nightly.judge.picks import judge_pick
from runner.nightly.judge.series import Part, View, views
from runner.nightly.judge.tolerance import Tolerance

__all__ = ["Finding", "Judgement", "Kind", "Tolerance", "changes", "check"]

# Shares of clean nights that may alarm; with 13 others, 0.83 % in all.
_LEVELS = {(Kind.ACCURACY, Part.SWEEP): 0.0055, (Kind.ACCURACY, Part.POINT): 0.0015}
_OTHER_LEVEL = 0.0001
# Equal figures may differ by a hair after logarithms and means.
_HAIR = 1e-9


@dataclass(frozen=True)
class Judgement:
    """What got worse; where `enough` is false, there are too few good nights to tell."""

    enough: bool
    findings: tuple[Finding, ...]


def check(tonight: Night, good: Sequence[Night], tolerance: Tolerance) -> Judgement:
    """Judge a night by the good nights before it, oldest first; all that are given count.

    Points, targets and sweeps that too few of them had get no verdict.
    """
    if len(good) < tolerance.least_nights:
        return Judgement(False, ())
    findings = list(gone(tonight, good))
    for name, sweep in tonight.sweeps.items():
        before = [night.sweeps[name] for night in good if name in night.sweeps]
        findings += _worse(sweep, before, tolerance, len(tonight.sweeps))
    return Judgement(True, tuple(findings))


def _worse(
    tonight: NightSweep, good: Sequence[NightSweep], tolerance: Tolerance, sweeps: int
) -> Iterator[Finding]:
    for figure in FIGURES:
        figures = table(figure, [*good, tonight], tolerance.least_nights)
        if figures:
            found = [
                finding
                for view in views(figures)
                for finding in _judge(tonight.name, figure, view, tolerance, sweeps)
            ]
            yield from narrowed(found, figures, figure.least(tolerance) + _HAIR)
    yield from judge_pick(tonight, good, tolerance, shared(_OTHER_LEVEL, 2 * sweeps))


def _judge(
    sweep: str, figure: Figure, view: View, tolerance: Tolerance, sweeps: int
) -> Iterator[Finding]:
    """Compare tonight with the usual: by itself with the floor, beside the rest with both."""
    level = _LEVELS.get((figure.kind, view.part), _OTHER_LEVEL)
    known = noise(view.nights[:-1], tolerance.spreads, shared(level, len(view.members) * sweeps))
    beside = view.nights[-1] - known.usual
    floor = figure.least(tolerance) + _HAIR
    limit = np.maximum(known.limit, floor)
    for index in np.flatnonzero((beside > limit) & (view.worse > floor)).tolist():
        yield _finding(sweep, figure, view, index, (float(beside[index]), float(limit[index])))


def _finding(
    sweep: str, figure: Figure, view: View, index: int, passed: tuple[float, float]
) -> Finding:
    point, target = view.members[index]
    usual, worse = float(view.usual[index]), float(view.worse[index])
    beside, limit = (figure.told_change(each) for each in passed)
    text = (
        f"{place(sweep, point, target)}: {figure.kind} {figure.told(usual + worse)}, usually "
        f"{figure.told(usual)}; worse by {figure.told_change(worse)}"
        f"{'' if view.part is Part.SWEEP else f', {beside} beside the rest'}, where {limit} may be "
        "noise"
    )
    now = figure.value(usual + worse)
    return Finding(figure.kind, sweep, point, target, figure.value(usual), now, text)
