"""Judge tonight's pick of one sweep by the picks of good nights.

A pick at the edge of its limit moves to another file by chance, and its bytes leap. So a pick is
worse where its bytes or its validation accuracy are, and the file usually picked is missing or
worse than its own noise too. Where the baseline is at chance, there is no pick whatever the noise.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from statistics import median

import numpy as np

from runner.nightly.history.records import NightSweep, Pick
from runner.nightly.judge.findings import Finding, Kind
from runner.nightly.judge.noise import noise
from runner.nightly.judge.tolerance import Tolerance


def judge_pick(
    tonight: NightSweep, good: Sequence[NightSweep], tolerance: Tolerance, level: float
) -> list[Finding]:
    """Judge the pick of tonight by the file that most good nights picked."""
    picks = [night.pick for night in good if night.pick]
    if len(picks) < tolerance.least_nights:
        return []
    (point, target), _ = Counter((pick.point, pick.target) for pick in picks).most_common(1)[0]
    usual = Pick(
        point,
        target,
        median(pick.zip_bytes for pick in picks),
        median(pick.validation_accuracy for pick in picks),
    )
    if tonight.warnings:
        return [_finding(tonight, usual)]
    worse = tonight.pick is None or _worse(tonight.pick, usual, tolerance)
    if point in tonight.postponed or not worse:
        return []
    beyond = _beyond_noise(tonight, good, usual, tolerance, level)
    return [_finding(tonight, usual)] if beyond else []


def _worse(pick: Pick, usual: Pick, tolerance: Tolerance) -> bool:
    return (
        pick.zip_bytes > usual.zip_bytes * (1 + tolerance.zipped_size)
        or pick.validation_accuracy < usual.validation_accuracy - tolerance.accuracy
    )


def _beyond_noise(
    tonight: NightSweep,
    good: Sequence[NightSweep],
    usual: Pick,
    tolerance: Tolerance,
    level: float,
) -> bool:
    """Tell whether the usual pick's file is missing, or worse than on the good nights."""
    now = _usual_file(tonight, usual)
    if now is None:
        return True
    before = [file for night in good if (file := _usual_file(night, usual))]
    if len(before) < tolerance.least_nights:
        return False
    metrics: list[tuple[Callable[[Pick], float], float]] = [
        (lambda file: math.log(file.zip_bytes), math.log1p(tolerance.zipped_size)),
        (lambda file: -file.validation_accuracy, tolerance.accuracy),
    ]
    for badness, floor in metrics:
        usually = noise(np.array([[badness(file)] for file in before]), tolerance.spreads, level)
        if badness(now) - usually.usual[0] > max(usually.limit[0], floor):
            return True
    return False


def _usual_file(night: NightSweep, usual: Pick) -> Pick | None:
    """Find the figures of the usual pick's file, also on nights that picked another."""
    if night.pick and (night.pick.point, night.pick.target) == (usual.point, usual.target):
        return night.pick
    point = night.points.get(usual.point)
    file = point.files.get(usual.target) if point and point.finished else None
    if not file or file.zip_bytes <= 0:
        return None
    return Pick(usual.point, usual.target, file.zip_bytes, file.validation_accuracy)


def _finding(tonight: NightSweep, usual: Pick) -> Finding:
    pick = tonight.pick
    reasons = "".join(f": {warning}" for warning in tonight.warnings)
    change = f"now {_pick_text(pick)}" if pick else f"and now no file is fit{reasons}"
    return Finding(
        Kind.PICK,
        tonight.name,
        pick.point if pick else usual.point,
        pick.target if pick else usual.target,
        usual.zip_bytes,
        pick.zip_bytes if pick else None,
        f"{tonight.name}: the file to ship was {_pick_text(usual)}, {change}",
    )


def _pick_text(pick: Pick) -> str:
    return (
        f"{pick.target} of {pick.point} ({pick.zip_bytes:,.0f} bytes zipped, validation accuracy "
        f"{pick.validation_accuracy:.2%})"
    )
