"""Make the jobs that a launcher is given for the points of a sweep."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from runner.planning.grid import Point
from runner.settings.overrides import quote_override


@dataclass(frozen=True)
class Job:
    """What one process does: run a point, or train the baseline that points start from.

    The third kind makes files and figures of a baseline again that its run lacks.
    """

    kind: Literal["point", "baseline", "baseline_files"]
    name: str
    point: Point

    def overrides(self, sweep: str, run_id: str, holder: str | None) -> tuple[str, ...]:
        """Return the job's settings as Hydra overrides.

        Args:
            sweep: name of the sweep.
            run_id: MLflow run of the sweep.
            holder: whose lease covers the job's runs; None: it renews one of its own.
        """
        settings = {
            "run_id": run_id,
            "holder": holder,
            "name": sweep,
            "point": self.point.name,
            "planned": self.point.plan,
            "job": self.kind,
        }
        overrides = [f"sweep.{key}={quote_override(value)}" for key, value in settings.items()]
        if self.kind != "point":
            overrides.append(f"hydra.sweep.subdir=baselines/{self.point.signature}")
        return (*self.point.overrides, *overrides)


def point_jobs(points: Iterable[Point]) -> list[Job]:
    """Make a job for each point."""
    return [Job("point", point.name, point) for point in points]


def baseline_jobs(points: Iterable[Point]) -> list[Job]:
    """Make a job for each baseline that the points need."""
    first: dict[str, Point] = {}
    for point in points:
        first.setdefault(point.signature, point)
    return [Job("baseline", _name(point), point) for point in first.values()]


def baseline_file_jobs(points: Iterable[Point]) -> list[Job]:
    """Make a job for each of these points that completes the files of its baseline."""
    return [Job("baseline_files", f"files of {_name(point)}", point) for point in points]


def _name(point: Point) -> str:
    return f"baseline {point.settings.architecture.label} ({point.signature[:6]})"
