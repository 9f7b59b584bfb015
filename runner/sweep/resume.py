"""Go on with the last sweep of the same points, or begin a new one."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from runner.planning.grid import Point
from runner.settings.parameters import sweep_parameters
from runner.sweep.again import say_what_changed
from runner.sweep.identity import asked, sweep_key
from runner.sweep.made_of import made_of
from runner.tracking import Kind, Record, Run, Store
from runner.tracking.tags import FINGERPRINT, MADE_OF, POINTS, SWEEP

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SweepRun:
    """The MLflow run of a sweep, which no other process writes to.

    Attributes:
        resumed: whether an earlier process began it.
    """

    run: Run
    resumed: bool


def resume_or_begin(store: Store, name: str, points: Sequence[Point]) -> SweepRun:
    """Resume the last sweep of these points, or begin a new one.

    Whoever calls has found that it is not finished, or lacks something. All runs in the store whose
    process has ended are closed as KILLED first. A sweep whose process is still running is not
    resumed.

    Raises:
        Refused: the store cannot be used.
        StoreFailed: the store stopped answering.
    """
    store.connect()
    settings, fingerprint = points[0].settings, sweep_key(name, points)
    # Of two processes that find the same unfinished sweep, only one may resume it.
    with store.lock():
        store.close_dead()
        same = store.of_kind(Kind.SWEEP, {FINGERPRINT: fingerprint})
        known = _to_go_on(same) if settings.sweep.resume else None
        run = store.adopt(known) if known else _begin(store, name, fingerprint, points)
        for tag, text in asked(settings).items():
            run.tag(tag, text)
        run.tag(POINTS, str(len(points)))
        run.flush()
        if settings.sweep.resume and not same:
            say_what_changed(store, store.get(run.id))
        return SweepRun(run, resumed=known is not None)


def _to_go_on(sweeps: Sequence[Record]) -> Record | None:
    """Return the newest of these sweeps where nobody works on it."""
    return sweeps[-1] if sweeps and sweeps[-1].status != "RUNNING" else None


def _begin(store: Store, name: str, fingerprint: str, points: Sequence[Point]) -> Run:
    tags = {SWEEP: name, FINGERPRINT: fingerprint, MADE_OF: made_of(points)}
    params = sweep_parameters([point.settings for point in points])
    return store.new_run(Kind.SWEEP, name, params, tags, points[0].settings.sweep.night)
