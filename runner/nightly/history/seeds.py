"""Merge the points of a night that differ in nothing but their seed into one figure each."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from statistics import mean, stdev

from runner.nightly.history.records import (
    FINISHED,
    File,
    Night,
    NightPoint,
    NightSweep,
    without_seed,
)


def merge_seeds(points: Sequence[NightPoint], postponed: Iterable[str]) -> dict[str, NightPoint]:
    """Return points by their names without seeds, each with the means of its seeds.

    Args:
        postponed: names of points that were not started in time: without one of its seeds, a mean
            does not compare, and the whole point is postponed.
    """
    later = {without_seed(name) for name in postponed}
    groups: dict[str, list[NightPoint]] = {}
    for point in points:
        groups.setdefault(without_seed(point.name), []).append(point)
    return {
        name: group[0] if len(group) == 1 else _merged(name, group)
        for name, group in groups.items()
        if len(group) == 1 or name not in later
    }


def merge_night(night: Night) -> Night:
    """Return a night of an earlier version, which kept seeds apart, as one of today."""
    sweeps = {name: _merge_sweep(sweep) for name, sweep in night.sweeps.items()}
    return replace(night, sweeps=sweeps)


def _merge_sweep(sweep: NightSweep) -> NightSweep:
    pick = sweep.pick and replace(sweep.pick, point=without_seed(sweep.pick.point))
    points = merge_seeds([*sweep.points.values()], sweep.postponed)
    return replace(sweep, points=points, pick=pick)


def _merged(name: str, group: Sequence[NightPoint]) -> NightPoint:
    parts = tuple(point.name for point in group)
    failed = next((point for point in group if not point.finished), None)
    if failed:
        why = f"{failed.name}: {failed.error}" if failed.error else failed.name
        return NightPoint(name, failed.status, None, {}, why, parts)
    seconds = [point.seconds for point in group if point.seconds is not None]
    common = set[str].intersection(*(set(point.files) for point in group))
    files = {
        target: _mean([point.files[target] for point in group])
        for target in group[0].files
        if target in common
    }
    return NightPoint(name, FINISHED, mean(seconds) if seconds else None, files, parts=parts)


def _mean(files: Sequence[File]) -> File:
    flash = [file.flash_bytes for file in files if file.flash_bytes is not None]
    return replace(
        files[0],
        accuracy=mean(file.accuracy for file in files),
        validation_accuracy=mean(file.validation_accuracy for file in files),
        size_bytes=mean(file.size_bytes for file in files),
        zip_bytes=mean(file.zip_bytes for file in files),
        flash_bytes=mean(flash) if len(flash) == len(files) else None,
        seeds=len(files),
        spread=stdev(file.accuracy for file in files),
    )
