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
from runner.nightly.judge.batch import Before, for_device
from runner.nightly.judge.findings import Finding, Kind
from runner.nightly.judge.noise import noise
from runner.nightly.judge.tolerance import Tolerance


def judge_pick(
    tonight: NightSweep, earlier: Before, tolerance: Tolerance, level: float
) -> list[Finding]:
    """Judge the pick of tonight by the file that most good nights picked.

    Its bytes are judged by the nights whose files had tonight's batch dimension, if there are
    enough. Nights that chose for another device have no say.
    """
    earlier = for_device(tonight.device, earlier)
    picks = [night.pick for night in earlier.good if night.pick]
    if len(picks) < tolerance.least_nights:
        return []
    (point, target), _ = Counter((pick.point, pick.target) for pick in picks).most_common(1)[0]
    alike = [night.pick for night in earlier.of_batch if night.pick]
    sized = len(alike) >= tolerance.least_nights
    usual = _median_pick(point, target, alike if sized else picks, picks)
    if tonight.warnings:
        return [_finding(tonight, usual)]
    worse = tonight.pick is None or _worse(tonight.pick, usual, tolerance, sized)
    if point in tonight.postponed_points or not worse:
        return []
    beyond = _beyond_noise(tonight, earlier, usual, tolerance, level)
    return [_finding(tonight, usual)] if beyond else []


def _median_pick(point: str, target: str, sized: Sequence[Pick], picks: Sequence[Pick]) -> Pick:
    flash = [pick.flash_bytes for pick in sized if pick.flash_bytes is not None]
    return Pick(
        point,
        target,
        median(pick.zip_bytes for pick in sized),
        median(pick.validation_accuracy for pick in picks),
        median(flash) if flash else None,
    )


def _worse(pick: Pick, usual: Pick, tolerance: Tolerance, sized: bool) -> bool:
    return (
        sized and pick.device_bytes > usual.device_bytes * (1 + tolerance.zipped_size)
    ) or pick.validation_accuracy < usual.validation_accuracy - tolerance.accuracy


def _beyond_noise(
    tonight: NightSweep, earlier: Before, usual: Pick, tolerance: Tolerance, level: float
) -> bool:
    """Tell whether the usual pick's file is missing, or worse than on the good nights."""
    now = _usual_file(tonight, usual)
    if now is None:
        return True
    metrics: list[tuple[Sequence[NightSweep], Callable[[Pick], float], float]] = [
        (
            earlier.of_batch,
            lambda file: math.log(file.device_bytes),
            math.log1p(tolerance.zipped_size),
        ),
        (earlier.good, lambda file: -file.validation_accuracy, tolerance.accuracy),
    ]
    for nights, badness, floor in metrics:
        before = [[badness(file)] for night in nights if (file := _usual_file(night, usual))]
        if len(before) < tolerance.least_nights:
            continue
        usually = noise(np.array(before), tolerance.spreads, level)
        if badness(now) - usually.usual[0] > max(usually.limit[0], floor):
            return True
    return False


def _usual_file(night: NightSweep, usual: Pick) -> Pick | None:
    """Find the figures of the usual pick's file, also on nights that picked another."""
    if night.pick and (night.pick.point, night.pick.target) == (usual.point, usual.target):
        return night.pick
    point = night.points.get(usual.point)
    file = point.files.get(usual.target) if point and point.finished else None
    if not file:
        return None
    figures = (file.zip_bytes, file.validation_accuracy, file.flash_bytes)
    found = Pick(usual.point, usual.target, *figures)
    comparable = (found.flash_bytes is None) == (usual.flash_bytes is None)
    return found if comparable and found.device_bytes > 0 else None


def _finding(tonight: NightSweep, usual: Pick) -> Finding:
    pick = tonight.pick
    reasons = "".join(f": {warning}" for warning in tonight.warnings)
    change = f"now {pick.text}" if pick else f"and now no file is fit{reasons}"
    return Finding(
        Kind.PICK,
        tonight.name,
        pick.point if pick else usual.point,
        pick.target if pick else usual.target,
        usual.device_bytes,
        pick.device_bytes if pick else None,
        f"{tonight.name}: the file to ship was {usual.text}, {change}",
    )
