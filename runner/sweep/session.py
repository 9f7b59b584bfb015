"""Checked points and a launcher go in; a tracked sweep and its report come out."""

import json
import logging
import shlex
from collections.abc import Sequence

from hydra.core.utils import JobReturn
from hydra.plugins.launcher import Launcher

from runner.errors import one_line
from runner.planning.grid import Point
from runner.results import console
from runner.results.rows import Results, read
from runner.settings.store_uri import without_password
from runner.sweep.dispatch import Dispatch, PointsFailed
from runner.sweep.launchers.local.launcher import WorkersLauncher
from runner.sweep.progress import view_of
from runner.sweep.resume import claim, left
from runner.tracking import Store, StoreFailed, few_retries, tags

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
                try:
                    dispatch.go(_ordered(remaining, first.sweep.first))
                finally:
                    claimed.run.tag(tags.LEFT, json.dumps(dispatch.left))
        finished = True
    except (PointsFailed, StoreFailed) as failure:
        log.error("%s: %s", name, failure)
    finally:
        _report(store, claimed.run.id)
    return finished, returns


def _ordered(points: Sequence[Point], first: Sequence[str]) -> list[Point]:
    """Put the points of these names first; the others keep their order."""
    return sorted(points, key=lambda point: point.name not in first)


def _report(store: Store, sweep_run_id: str) -> None:
    try:
        with few_retries():
            results = read(store, store.get(sweep_run_id))
        console.show(store, results)
    except StoreFailed as failure:
        log.error("no table, the store does not answer: %s", failure)
        log.error("nothing is lost: the same command logs what is kept, and goes on")
        return
    _publish(store, results)


def _publish(store: Store, results: Results) -> None:
    """Log the report; the points are finished and logged, whatever becomes of it."""
    # What draws is imported when it is needed: a sweep begins the sooner.
    from runner.report.publish import publish

    try:
        with few_retries():
            print(f"Report: {publish(store, results)}")
    except Exception as failure:
        log.error("no report: %s", one_line(failure))
        where = ["--experiment", store.experiment, "--tracking-uri", without_password(store.uri)]
        again = shlex.join(["python", "-m", "runner.report", results.sweep.id, *where])
        log.error("this makes it again: %s", again)
