"""The points of a sweep and the store go in; the run to go on with, and what is done, come out."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from runner.planning.fingerprint import sweep_fingerprint
from runner.planning.grid import Point
from runner.settings.parameters import sweep_parameters
from runner.tracking import Kind, Record, Run, Store, StoreFailed
from runner.tracking.tags import FINGERPRINT, MAX_DROP, POINTS, SWEEP

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Claim:
    """A sweep's run, ours alone, and whether someone had begun it before."""

    run: Run
    resumed: bool


def claim(store: Store, name: str, points: Sequence[Point]) -> Claim:
    """Go on with the last unfinished sweep of these points, or begin a new one.

    Runs whose process has ended are marked as KILLED first, whatever they belong to. A sweep that
    another process is still at is left to it.

    Raises:
        Refused: the store cannot be used.
        StoreFailed: the store stopped answering.
    """
    store.connect()
    # A night goes on with its own sweep, never with that of another night.
    night = points[0].settings.sweep.night
    owned = f"{name} of {night}" if night else name
    identity = sweep_fingerprint(owned, [point.fingerprint for point in points])
    # Of two processes that find the same dead sweep, one goes on with it.
    with store.lock():
        store.close_dead()
        found = _unfinished(store, identity) if points[0].settings.sweep.resume else None
        run = store.adopt(found) if found else _begun(store, name, identity, points)
        run.tag(MAX_DROP, str(points[0].settings.report.max_drop))
        run.tag(POINTS, str(len(points)))
        run.flush()
        return Claim(run, resumed=found is not None)


def left(store: Store, claimed: Claim, name: str, points: Sequence[Point]) -> list[Point]:
    """Return the points that are left to run, once those of other sweeps are copied, if wished.

    Raises:
        StoreFailed: the store stopped answering.
    """
    done = {
        record.fingerprint
        for record in store.children(claimed.run.id)
        if record.status == "FINISHED"
    }
    remaining = [point for point in points if point.fingerprint not in done]
    if claimed.resumed:
        finished = len(points) - len(remaining)
        log.info("resuming %s: %d of %d points done", name, finished, len(points))
    if not points[0].settings.sweep.reuse:
        return remaining
    return [point for point in remaining if not _reused(store, claimed.run, name, point)]


def _unfinished(store: Store, identity: str) -> Record | None:
    same = store.of_kind(Kind.SWEEP, {FINGERPRINT: identity})
    if same and same[-1].status in ("FAILED", "KILLED"):
        return same[-1]
    return None


def _begun(store: Store, name: str, identity: str, points: Sequence[Point]) -> Run:
    tags = {SWEEP: name, FINGERPRINT: identity}
    params = sweep_parameters([point.settings for point in points])
    return store.new_run(Kind.SWEEP, name, params, tags, points[0].settings.sweep.night)


def _reused(store: Store, run: Run, name: str, point: Point) -> bool:
    """Copy the finished point of another sweep, if there is a whole one, under this one."""
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
