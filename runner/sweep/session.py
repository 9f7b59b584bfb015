"""Checked points and a launcher go in; a tracked sweep and its report come out."""

import logging
from collections.abc import Sequence

from hydra.core.utils import JobReturn, JobStatus
from hydra.plugins.launcher import Launcher

from runner import terminal
from runner.parameters import sweep_parameters
from runner.refusal import one_line
from runner.report import Row
from runner.sweep.grid import Point
from runner.tracking import Kind, Store

log = logging.getLogger(__name__)


class PointsFailed(Exception):
    """Some points did not finish."""


def run_sweep(name: str, points: Sequence[Point], launcher: Launcher) -> list[JobReturn]:
    """Run the points under one MLflow run, report, and return the jobs that finished.

    Raises:
        Refused: the store cannot be used.
    """
    first = points[0].settings
    store = Store(first.tracking.uri, first.tracking.experiment)
    params = sweep_parameters([point.settings for point in points])
    run = store.open_run(Kind.SWEEP, name, params, {"runner.sweep": name})
    finished: list[JobReturn] = []
    try:
        with run.closing():
            jobs = [(*point.overrides, *_marks(run.id, name, point.name)) for point in points]
            returns = launcher.launch(jobs, initial_job_idx=0)
            finished += [each for each in returns if each.status is JobStatus.COMPLETED]
            if len(finished) < len(points):
                _say_why(store, run.id, points, returns)
                lost = len(points) - len(finished)
                raise PointsFailed(f"{lost} of {len(points)} points failed")
    except PointsFailed as failure:
        log.error("%s: %s", name, failure)
    finally:
        terminal.show(store, _rows(store, run.id), first.report.max_drop)
    return finished


def _say_why(
    store: Store, sweep_run_id: str, points: Sequence[Point], returns: Sequence[JobReturn]
) -> None:
    """Log why a job failed that never had a run in which the report could find the reason."""
    recorded = {record.name for record in store.points(sweep_run_id)}
    for point, each in zip(points, returns, strict=False):
        if each.status is not JobStatus.COMPLETED and point.name not in recorded:
            # Not through return_value, which would raise it.
            log.error("%s: failed: %s", point.name, one_line(each._return_value))


def _marks(run_id: str, sweep: str, point: str) -> tuple[str, ...]:
    """Tell a job, as overrides, which sweep it belongs to and what it is called there."""
    marks = {"run_id": run_id, "name": sweep, "point": point}
    return tuple(f"sweep.{key}={_quoted(value)}" for key, value in marks.items())


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _rows(store: Store, sweep_run_id: str) -> list[Row]:
    points = store.points(sweep_run_id)
    ids = [point.tags.get("runner.baseline_run_id", "") for point in points]
    baselines = {each: store.get(each) for each in set(ids) if each}
    return [Row(point, baselines.get(each)) for point, each in zip(points, ids, strict=True)]
