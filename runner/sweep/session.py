"""Run the points of a sweep under one MLflow run, and report."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from hydra.core.utils import JobReturn

from runner.escaping.terminal import say
from runner.planning.grid import Point
from runner.sweep import again
from runner.sweep.adaptive import AdaptiveRun
from runner.sweep.announcement import Announcement
from runner.sweep.dispatch import Dispatch, PointsFailed
from runner.sweep.elsewhere import at_work_elsewhere, wait_for_their_end
from runner.sweep.final_report import FinalReport, NotReported
from runner.sweep.finished import lacking_baselines, unfinished_points
from runner.sweep.launchers.protocol import Launcher
from runner.sweep.patience import Patience
from runner.sweep.reach import require_files
from runner.sweep.remaining import remaining_points
from runner.sweep.resume import describe, resume_or_begin
from runner.sweep.run_status import close_running
from runner.sweep.take_over import SweepRun
from runner.sweep.view.choice import choose_view
from runner.tracking import Store, StoreFailed, claim, few_retries, tags
from runner.tracking.lease import TakenOver
from runner.tracking.lengths import list_of_names
from runner.tracking.take_over import delete_doubles

# The same command goes on with such a sweep anyway, and makes its report again.
_SECONDS_OF_A_FAILURE = 20

log = logging.getLogger(__name__)


def run_sweep(
    name: str, points: Sequence[Point], launcher: Launcher, folder: Path
) -> tuple[bool, list[JobReturn]]:
    """Run the points of a sweep that are not finished yet, and report on all of them.

    The sweep is finished once its report is in the store. One that was finished before is said to
    be so, and nothing is run.

    Args:
        folder: where a report is written that the store does not take.

    Returns:
        Whether all points are finished and reported, and the returns of the jobs that were run.

    Raises:
        Refused: the store cannot be used.
    """
    settings = points[0].settings
    store = Store(settings.tracking.uri, settings.tracking.experiment)
    store.connect()
    if launcher.runs_elsewhere():
        require_files(store.experiment, store.files, store.has_local_files)
    finished = again.finished_before(store, name, points)
    if finished:
        _announce(store, finished.id)
        with suppress(StoreFailed):
            # A process that was killed at its very end has left its own.
            claim.forget(store, finished)
        say(again.words(store, finished))
        return True, []
    sweep = resume_or_begin(store, name, points)
    return _run(store, sweep, name, points, launcher, folder / "report")


def _run(  # noqa: PLR0913, PLR0917
    store: Store,
    sweep: SweepRun,
    name: str,
    points: Sequence[Point],
    launcher: Launcher,
    place: Path,
) -> tuple[bool, list[JobReturn]]:
    """Run the points, report, and close the run of the sweep by how that ends."""
    report = FinalReport(store, sweep.run.id, points[0].settings, place)
    returns: list[JobReturn] = []
    try:
        with sweep.run.closing():
            try:
                _run_points(store, sweep, name, points, launcher, returns)
            except PointsFailed:
                _report_failure(store, report)
                raise
            report.make("FINISHED", Patience())
        return True, returns
    except TakenOver:
        report.tried = True
        raise
    except (PointsFailed, StoreFailed, NotReported) as failure:
        log.error("%s: %s", name, failure)
        return False, returns
    finally:
        if not report.tried:
            # Whoever stops a sweep does not wait for a store.
            _try_report(report, "KILLED", Patience(0))


def _report_failure(store: Store, report: FinalReport) -> None:
    with suppress(StoreFailed), few_retries():
        close_running(store, report.sweep_run_id, "its process ended without closing it")
    _try_report(report, "FAILED", Patience(_SECONDS_OF_A_FAILURE))


def _announce(store: Store, run_id: str) -> None:
    Announcement(run_id, store.uri, store.experiment).write()


def _run_points(  # noqa: PLR0913, PLR0917
    store: Store,
    sweep: SweepRun,
    name: str,
    points: Sequence[Point],
    launcher: Launcher,
    returns: list[JobReturn],
) -> None:
    """Run the points that are not finished, and note those that were not started."""
    settings, run = points[0].settings, sweep.run
    _announce(store, run.id)
    describe(store, sweep, points)
    remaining = remaining_points(store, sweep, name, points)
    done = len(points) - len(remaining)
    searches = settings.search.is_adaptive
    with choose_view(name, len(points), done, launcher.n_jobs(), at_most=searches) as view:
        dispatch = Dispatch(name, run.id, store, launcher, view, settings.sweep, returns)
        try:
            if searches:
                adaptive = AdaptiveRun(store, run, points, dispatch)
                say(f"{name}: {adaptive.run()}")
                points = adaptive.proposed
            else:
                _dispatch(dispatch, _ordered(remaining, settings.sweep.first))
            _require_files(store, run.id, points, dispatch)
        finally:
            run.tag(tags.LEFT, list_of_names(dispatch.not_started))
    # No report is written over that of a process which has taken the sweep over.
    run.require_hold()
    with suppress(StoreFailed), few_retries():
        delete_doubles(store, run.id)


def _dispatch(dispatch: Dispatch, points: Sequence[Point]) -> None:
    """Run points; those that jobs of an earlier process still work on come last, if at all.

    Raises:
        PointsFailed: some point did not finish.
    """
    store, run_id = dispatch.store, dispatch.run_id
    busy = at_work_elsewhere(store, run_id, points) if not dispatch.launcher.finds_jobs() else []
    dispatch.run([point for point in points if point not in busy])
    if busy:
        wait_for_their_end(store, run_id)
        dispatch.run(unfinished_points(store, run_id, busy))


def _require_files(store: Store, run_id: str, points: Sequence[Point], dispatch: Dispatch) -> None:
    """Run points again whose files were removed meanwhile, and complete their baselines.

    Raises:
        PointsFailed: some files are gone again, or cannot be made.
    """
    patience = Patience()
    gone = patience.call(lambda: unfinished_points(store, run_id, points))
    if gone:
        dispatch.run(gone)
        gone = patience.call(lambda: unfinished_points(store, run_id, points))
    if gone:
        raise PointsFailed(f"files of {len(gone)} of {len(points)} points are gone from the store")
    dispatch.complete_baselines(patience.call(lambda: lacking_baselines(store, points)))


def _ordered(points: Sequence[Point], first: Sequence[str]) -> list[Point]:
    """Put the points of these names first; the others keep their order."""
    return sorted(points, key=lambda point: point.name not in first)


def _try_report(report: FinalReport, status: str, patience: Patience) -> None:
    """Make the report of a sweep that is not finished anyway."""
    with suppress(NotReported):
        report.make(status, patience)
