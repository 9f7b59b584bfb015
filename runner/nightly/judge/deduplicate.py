"""Findings of one figure go in; those that a narrower one does not explain come out."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from runner.nightly.judge.findings import Finding
from runner.nightly.judge.metric import Figures
from runner.nightly.judge.noise import median

Cells = NDArray[np.bool_]


def narrowed(findings: Sequence[Finding], figures: Figures, floor: float) -> list[Finding]:
    """Leave out a sweep, target or point that is as usual but for a part that is found by itself.

    As usual is: worse by no more than the floor.
    """
    worse = figures.values[-1] - median(figures.values[:-1])
    cells = [_cells(each, figures) for each in findings]
    return [
        finding
        for finding, own in zip(findings, cells, strict=True)
        if not _explained(own, cells, worse, floor)
    ]


def _explained(
    own: Cells, others: Sequence[Cells], worse: NDArray[np.float64], floor: float
) -> bool:
    narrower = [each for each in others if each.sum() < own.sum() and not (each & ~own).any()]
    if not narrower:
        return False
    rest = own & ~np.any(narrower, axis=0) & np.isfinite(worse)
    return bool(rest.any()) and float(np.mean(worse[rest])) <= floor


def _cells(finding: Finding, figures: Figures) -> Cells:
    """Mark what a finding is about in the table, points by targets."""
    points = [finding.point in (None, each) for each in figures.points]
    targets = [finding.target in (None, each) for each in figures.targets]
    return np.outer(points, targets).astype(bool)
