"""Choose the points of a sweep that are still to be run."""

import logging
from collections.abc import Sequence

from runner.planning.grid import Point
from runner.sweep.finished import unfinished_points
from runner.sweep.take_over import SweepRun
from runner.tracking import Kind, Run, Store, StoreFailed
from runner.tracking.tags import FINGERPRINT, SWEEP

log = logging.getLogger(__name__)


def remaining_points(
    store: Store, sweep: SweepRun, name: str, points: Sequence[Point]
) -> list[Point]:
    """Return the points that are still to be run.

    Where the settings say so, finished points are first copied from other sweeps.

    Raises:
        StoreFailed: the store stopped answering.
    """
    remaining = unfinished_points(store, sweep.run.id, points)
    if sweep.resumed and remaining:
        finished = len(points) - len(remaining)
        log.info("resuming %s: %d of %d points done", name, finished, len(points))
    elif sweep.resumed:
        log.info("All %d points were finished; making the report", len(points))
    if not points[0].settings.sweep.reuse:
        return remaining
    return [point for point in remaining if not _copy_finished(store, sweep.run, name, point)]


def _copy_finished(store: Store, run: Run, name: str, point: Point) -> bool:
    """Copy the same point of another sweep into this one; return whether one was complete."""
    same = store.of_kind(Kind.POINT, {FINGERPRINT: point.fingerprint})
    for source in reversed([record for record in same if record.status == "FINISHED"]):
        try:
            store.copy(source, point.name, {SWEEP: name}, run.id)
        except StoreFailed as failure:
            log.warning("not reused: %s", failure)
            continue
        sweep = source.tags.get(SWEEP, "a run of its own")
        log.info("reused: %s, from %s (run %s)", point.name, sweep, source.id)
        return True
    return False
