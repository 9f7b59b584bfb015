"""Leave out the findings that a narrower finding of the same metric explains."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from runner.nightly.judge.findings import Finding
from runner.nightly.judge.metric import Table
from runner.nightly.judge.noise import median

Cells = NDArray[np.bool_]


def deduplicate(findings: Sequence[Finding], table: Table, floor: float) -> list[Finding]:
    """Leave out a sweep, target or point that is as usual but for a part with its own finding.

    As usual is: worse by no more than the floor, on average.
    """
    worse = table.values[-1] - median(table.values[:-1])
    cells = [_cells(finding, table) for finding in findings]
    return [
        finding
        for finding, own in zip(findings, cells, strict=True)
        if not _explained(own, cells, worse, floor)
    ]


def _explained(
    own: Cells, others: Sequence[Cells], worse: NDArray[np.float64], floor: float
) -> bool:
    narrower = [cells for cells in others if cells.sum() < own.sum() and not (cells & ~own).any()]
    if not narrower:
        return False
    rest = own & ~np.any(narrower, axis=0) & np.isfinite(worse)
    return bool(rest.any()) and float(np.mean(worse[rest])) <= floor


def _cells(finding: Finding, table: Table) -> Cells:
    """Mark what a finding is about in the table, of shape (points, targets)."""
    points = [finding.point in (None, point) for point in table.points]
    targets = [finding.target in (None, target) for target in table.targets]
    return np.outer(points, targets).astype(bool)
