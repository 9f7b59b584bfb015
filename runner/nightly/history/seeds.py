"""Merge the points of a night that differ in nothing but their seed into one figure each."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from statistics import mean, stdev

from runner.nightly.history.points import FINISHED, File, NightPoint, without_seed
from runner.nightly.history.records import Night, NightSweep


def merge_seeds(points: Sequence[NightPoint], postponed: Iterable[str]) -> dict[str, NightPoint]:
    """Return points by their names without seeds, each with the means of its seeds.

    A seed that failed fails its point, whatever became of the others.

    Args:
        postponed: names of points that were not started in time: without one of its seeds, a mean
            does not compare, and the whole point is left out.
    """
    later = {*postponed}
    groups: dict[str, list[NightPoint]] = {}
    for point in points:
        groups.setdefault(without_seed(point.name), []).append(point)
    merged = {name: _figure(name, group, later) for name, group in groups.items()}
    return {name: point for name, point in merged.items() if point}


def seeds_without_figure(
    points: Sequence[NightPoint], merged: Mapping[str, NightPoint]
) -> tuple[str, ...]:
    """Name the finished points that are in no figure, for other seeds of theirs are postponed."""
    shown = {name for point in merged.values() for name in point.names}
    finished = (name for point in points for name in point.finished_names)
    return tuple(name for name in finished if name not in shown)


def merge_night(night: Night) -> Night:
    """Return a night of an earlier version, which kept seeds apart, as one of today."""
    sweeps = {name: _merge_sweep(sweep) for name, sweep in night.sweeps.items()}
    return replace(night, sweeps=sweeps)


def _merge_sweep(sweep: NightSweep) -> NightSweep:
    pick = sweep.pick and replace(sweep.pick, point=without_seed(sweep.pick.point))
    each = [*sweep.points.values()]
    points = merge_seeds(each, sweep.postponed)
    alone = sweep.seeds_without_figure or seeds_without_figure(each, points)
    return replace(sweep, points=points, pick=pick, seeds_without_figure=alone)


def _figure(name: str, group: Sequence[NightPoint], postponed: Set[str]) -> NightPoint | None:
    """Make one point of the seeds of a setting; None where some are postponed and none failed."""
    waits = any(without_seed(other) == name for other in postponed)
    if len(group) == 1 and (group[0].name == name or not waits):
        return group[0]
    # One that was stopped, and is postponed, has not failed.
    failed = [point for point in group if not point.finished and point.name not in postponed]
    if failed:
        return _failed(name, group, failed)
    return None if waits else _merged(name, group)


def _failed(name: str, group: Sequence[NightPoint], failed: Sequence[NightPoint]) -> NightPoint:
    reasons = (f"{point.name}: {point.error}" if point.error else point.name for point in failed)
    return NightPoint(
        name=name,
        status=failed[0].status,
        seconds=None,
        files={},
        error="; ".join(reasons),
        parts=tuple(point.name for point in group),
        finished_parts=tuple(point.name for point in group if point.finished),
    )


def _merged(name: str, group: Sequence[NightPoint]) -> NightPoint:
    parts = tuple(point.name for point in group)
    seconds = [point.seconds for point in group if point.seconds is not None]
    common = set[str].intersection(*(set(point.files) for point in group))
    files = {
        target: _mean([point.files[target] for point in group])
        for target in group[0].files
        if target in common
    }
    return NightPoint(name, FINISHED, mean(seconds) if seconds else None, files, "", parts, parts)


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
