"""Find what got worse on a night beyond the noise of the good nights before it.

All figures of a night are judged at a false alarm rate of at most one clean night in a hundred, in
all: the shares below, split evenly among the series that each of them judges (Šidák 1967).

What is caught on the first night: a fall of the mean test accuracy of a sweep by more than three of
its spreads (see noise.py), wherever its floor allows and up to four sweeps a night; with more of
them it takes a little more. A fall of a single point takes more spreads of its own, for it is one
of many that each may fall by chance: with 12 points about 3.7, and a fall by 3 would alarm on one
clean night in 60. A fall of single targets is seen in their distance from the other targets of the
same points, whose noise is nearly the same, down to the floor. A true fall of just so many spreads
is caught on every second night, for tonight's figures have noise too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from runner.nightly.history.records import Night, NightSweep
from runner.nightly.judge.batch import (
    Before,
    before,
    pick_not_judged,
    sizes_not_judged,
)
from runner.nightly.judge.changes import changes
from runner.nightly.judge.deduplicate import deduplicate
from runner.nightly.judge.findings import Finding, Kind, scope_text
from runner.nightly.judge.metric import METRICS, Metric, collect_table
from runner.nightly.judge.missing import missing
from runner.nightly.judge.noise import noise, sidak_level
from runner.nightly.judge.picks import judge_pick
from runner.nightly.judge.series import Group, Scope, groups
from runner.nightly.judge.tolerance import Tolerance

__all__ = ["Finding", "Judgement", "Kind", "Tolerance", "changes", "check"]

# Shares of clean nights that may alarm; with 13 others, 0.83 % in all.
_LEVELS = {(Kind.ACCURACY, Scope.SWEEP): 0.0055, (Kind.ACCURACY, Scope.POINT): 0.0015}
_OTHER_LEVEL = 0.0001
# Equal figures may differ by rounding after logarithms and means.
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Judgement:
    """What got worse; where `enough` is false, there are too few good nights to judge by.

    `not_judged` says of sweeps what could not be compared, and why.
    """

    enough: bool
    findings: tuple[Finding, ...]
    not_judged: tuple[str, ...] = ()


def check(tonight: Night, good: Sequence[Night], tolerance: Tolerance) -> Judgement:
    """Judge a night by all of the given good nights before it, oldest first.

    Points, targets and sweeps that too few of them had get no verdict.
    """
    if len(good) < tolerance.least_nights:
        return Judgement(False, ())
    findings = list(missing(tonight, good))
    not_judged = []
    for name, sweep in tonight.sweeps.items():
        earlier = before(tonight, name, [night for night in good if name in night.sweeps])
        findings += _worse(sweep, earlier, tolerance, len(tonight.sweeps))
        not_judged += [
            sizes_not_judged(sweep, earlier, tolerance.least_nights),
            pick_not_judged(sweep, earlier, tolerance.least_nights),
        ]
    return Judgement(True, tuple(findings), tuple(filter(None, not_judged)))


def _worse(
    tonight: NightSweep, earlier: Before, tolerance: Tolerance, sweeps: int
) -> Iterator[Finding]:
    for metric in METRICS:
        sizes = metric.kind in (Kind.SIZE, Kind.ZIPPED_SIZE)
        nights = earlier.of_batch if sizes else earlier.good
        table = collect_table(metric, [*nights, tonight], tolerance.least_nights)
        if table:
            findings = [
                finding
                for group in groups(table)
                for finding in _judge(tonight.name, metric, group, tolerance, sweeps)
            ]
            yield from deduplicate(findings, table, metric.floor(tolerance) + _ROUNDING)
    yield from judge_pick(tonight, earlier, tolerance, sidak_level(_OTHER_LEVEL, 2 * sweeps))


def _judge(
    sweep: str, metric: Metric, group: Group, tolerance: Tolerance, sweeps: int
) -> Iterator[Finding]:
    """Find the series that are worse by themselves, and beyond their noise beside the others."""
    level = _LEVELS.get((metric.kind, group.scope), _OTHER_LEVEL)
    level = sidak_level(level, len(group.members) * sweeps)
    usually = noise(group.nights[:-1], tolerance.spreads, level)
    relative = group.nights[-1] - usually.usual
    floor = metric.floor(tolerance) + _ROUNDING
    limit = np.maximum(usually.limit, floor)
    for index in np.flatnonzero((relative > limit) & (group.worse > floor)).tolist():
        excess = (float(relative[index]), float(limit[index]))
        yield _finding(sweep, metric, group, index, excess)


def _finding(
    sweep: str, metric: Metric, group: Group, index: int, excess: tuple[float, float]
) -> Finding:
    point, target = group.members[index]
    usual, worse = float(group.usual[index]), float(group.worse[index])
    relative, limit = (metric.change_text(difference) for difference in excess)
    text = (
        f"{scope_text(sweep, point, target)}: {metric.kind} {metric.value_text(usual + worse)}, "
        f"usually {metric.value_text(usual)}; worse by {metric.change_text(worse)}"
        f"{'' if group.scope is Scope.SWEEP else f', {relative} beside the rest'}, where {limit} "
        "may be noise"
    )
    usual_value, value = metric.from_badness(usual), metric.from_badness(usual + worse)
    return Finding(metric.kind, sweep, point, target, usual_value, value, text)
