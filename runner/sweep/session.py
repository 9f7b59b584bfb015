"""Run the points of a sweep under one MLflow run, and report."""

import json
import logging
import shlex
from collections.abc import Sequence

from hydra.core.utils import JobReturn

from runner.completion.asked import Asked
from runner.completion.complete import complete
from runner.device.request import Request
from runner.device.wanted import Wanted
from runner.errors import is_fault, one_line
from runner.escaping.terminal import say
from runner.planning.grid import Point
from runner.results import console
from runner.results.rows import Results, read
from runner.settings import Settings
from runner.settings.address_mask import masked
from runner.sweep.announcement import Announcement
from runner.sweep.dispatch import Dispatch, PointsFailed
from runner.sweep.launchers.protocol import Launcher
from runner.sweep.progress import choose_view
from runner.sweep.resume import remaining_points, resume_or_begin
from runner.tracking import Store, StoreFailed, few_retries, tags

log = logging.getLogger(__name__)


def run_sweep(
    name: str, points: Sequence[Point], launcher: Launcher
) -> tuple[bool, list[JobReturn]]:
    """Run the points of a sweep that are not finished yet, and report on all of them.

    Returns:
        Whether all points are finished, and the returns of the jobs that were run.

    Raises:
        Refused: the store cannot be used.
    """
    settings = points[0].settings
    store = Store(settings.tracking.uri, settings.tracking.experiment)
    sweep = resume_or_begin(store, name, points)
    Announcement(sweep.run.id, store.uri, store.experiment).write()
    returns: list[JobReturn] = []
    try:
        with sweep.run.closing():
            remaining = remaining_points(store, sweep, name, points)
            done = len(points) - len(remaining)
            with choose_view(name, len(points), done, launcher.n_jobs()) as view:
                dispatch = Dispatch(
                    name, sweep.run.id, store, launcher, view, settings.sweep, returns
                )
                try:
                    dispatch.run(_ordered(remaining, settings.sweep.first))
                finally:
                    sweep.run.tag(tags.LEFT, json.dumps(dispatch.not_started))
        return True, returns
    except (PointsFailed, StoreFailed) as failure:
        log.error("%s: %s", name, failure)
        return False, returns
    finally:
        _report(store, sweep.run.id, settings)


def _ordered(points: Sequence[Point], first: Sequence[str]) -> list[Point]:
    """Put the points of these names first; the others keep their order."""
    return sorted(points, key=lambda point: point.name not in first)


def _report(store: Store, sweep_run_id: str, settings: Settings) -> None:
    """Print and log what the sweep came to."""
    try:
        with few_retries():
            results = read(store, store.get(sweep_run_id))
        results = _complete(store, results, settings)
        console.show(store, results)
    except StoreFailed as failure:
        log.error("no table, the store does not answer: %s", failure)
        log.error("nothing is lost: the same command logs what is kept, and goes on")
        return
    _publish(store, results)


def _complete(store: Store, results: Results, settings: Settings) -> Results:
    """Measure what runs lack that were finished before this was asked of their files."""
    wanted = Wanted.of(settings)
    try:
        return complete(store, results, Request.of(settings), Asked(made=()), wanted=wanted)
    except StoreFailed:
        raise
    except Exception as failure:
        log.error("not all is measured: %s", one_line(failure), exc_info=is_fault(failure))
        return results


def _publish(store: Store, results: Results) -> None:
    """Log the report; a failure of this does not change the outcome of the sweep."""
    # Matplotlib is imported here, so that a sweep begins sooner.
    from runner.report.publish import publish

    try:
        with few_retries():
            say(f"Report: {publish(store, results)}")
    except Exception as failure:
        log.error("no report: %s", one_line(failure), exc_info=is_fault(failure))
        where = ["--experiment", store.experiment, "--tracking-uri", masked(store.uri)]
        command = shlex.join(["python", "-m", "runner.report", results.sweep.id, *where])
        log.error("this makes it again: %s", command)
