"""Checked points and a launcher go in; a tracked sweep and its report come out."""

import logging
from collections.abc import Sequence

from hydra.core.utils import JobReturn
from hydra.plugins.launcher import Launcher

from runner import terminal
from runner.report import Row
from runner.sweep.claim import claim, left
from runner.sweep.dispatch import Dispatch, PointsFailed
from runner.sweep.grid import Point
from runner.sweep.launcher import WorkersLauncher
from runner.sweep.view import view_of
from runner.tracking import Record, Store, StoreFailed, impatient

log = logging.getLogger(__name__)


def run_sweep(
    name: str, points: Sequence[Point], launcher: Launcher
) -> tuple[bool, list[JobReturn]]:
    """Run the points that are left of a sweep under one MLflow run, and report.

    Returns:
        Whether all points are finished, and the returns of the jobs that were run.

    Raises:
        Refused: the store cannot be used.
    """
    first = points[0].settings
    store = Store(first.tracking.uri, first.tracking.experiment)
    claimed = claim(store, name, points)
    returns: list[JobReturn] = []
    finished = False
    try:
        with claimed.run.closing():
            remaining = left(store, claimed, name, points)
            workers = launcher.n_jobs if isinstance(launcher, WorkersLauncher) else None
            done = len(points) - len(remaining)
            view = view_of(name, len(points), done, workers)
            dispatch = Dispatch(name, claimed.run.id, store, launcher, view, first.sweep, returns)
            with view:
                dispatch.go(remaining)
        finished = True
    except (PointsFailed, StoreFailed) as failure:
        log.error("%s: %s", name, failure)
    finally:
        order = [point.fingerprint for point in points]
        _report(store, claimed.run.id, order, first.report.max_drop)
    return finished, returns


def _report(store: Store, sweep_run_id: str, order: Sequence[str], max_drop: float) -> None:
    try:
        with impatient():
            rows = _rows(store, sweep_run_id, order)
        terminal.show(store, rows, max_drop)
    except StoreFailed as failure:
        log.error("no table, the store does not answer: %s", failure)
        log.error("nothing is lost: the same command logs what is kept, and goes on")


def _rows(store: Store, sweep_run_id: str, order: Sequence[str]) -> list[Row]:
    """Read the points of the sweep, in the order of these fingerprints, each with its baseline."""
    points = [each for each in store.points(sweep_run_id) if each.fingerprint in order]
    points.sort(key=lambda each: order.index(each.fingerprint))
    ids = [point.tags.get("runner.baseline_run_id", "") for point in points]
    baselines = {each: found for each in set(ids) if each and (found := _found(store, each))}
    return [Row(point, baselines.get(each)) for point, each in zip(points, ids, strict=True)]


def _found(store: Store, run_id: str) -> Record | None:
    """Read a run that someone may have deleted meanwhile."""
    try:
        return store.get(run_id)
    except StoreFailed:
        return None
