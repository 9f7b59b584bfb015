"""Points of a sweep go in; the jobs that a launcher is given for them come out."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from runner.planning.grid import Point
from runner.settings.overrides import quoted


@dataclass(frozen=True)
class Job:
    """What one process does: a point, or the baseline that points start from."""

    kind: Literal["point", "baseline"]
    name: str
    point: Point

    def overrides(self, sweep: str, run_id: str) -> tuple[str, ...]:
        """Tell the job, as overrides, what to do, where it belongs and what it is called there."""
        marks = {"run_id": run_id, "name": sweep, "point": self.point.name, "job": self.kind}
        told = [f"sweep.{key}={quoted(value)}" for key, value in marks.items()]
        if self.kind == "baseline":
            told.append(f"hydra.sweep.subdir=baselines/{self.point.signature}")
        return (*self.point.overrides, *told)


def point_jobs(points: Iterable[Point]) -> list[Job]:
    """Make a job for each point."""
    return [Job("point", point.name, point) for point in points]


def baseline_jobs(points: Iterable[Point]) -> list[Job]:
    """Make a job for each baseline that the points need."""
    first: dict[str, Point] = {}
    for point in points:
        first.setdefault(point.signature, point)
    return [Job("baseline", _name(point), point) for point in first.values()]


def _name(point: Point) -> str:
    return f"baseline {point.settings.architecture.label} ({point.signature[:6]})"
