"""Go on with the last sweep of the same points, or begin a new one."""

from collections.abc import Mapping, Sequence
from contextlib import suppress

from runner.planning.grid import Point
from runner.settings.parameters import sweep_parameters
from runner.sweep.again import say_what_changed
from runner.sweep.identity import asked, sweep_key
from runner.sweep.made_of import made_of
from runner.sweep.take_over import SweepRun, Wanted
from runner.tracking import Kind, Run, Store, StoreFailed
from runner.tracking.origin import own_lease
from runner.tracking.tags import FINGERPRINT, MADE_OF, POINTS, SWEEP


def resume_or_begin(store: Store, name: str, points: Sequence[Point]) -> SweepRun:
    """Resume the last sweep of these points, or begin a new one.

    Whoever calls has found that it is not finished, or lacks something. All runs in the store whose
    process has ended are closed as KILLED first.

    Raises:
        Refused: the store cannot be used, or another process works on the sweep.
        StoreFailed: the store stopped answering.
    """
    store.connect()
    settings, fingerprint = points[0].settings, sweep_key(name, points)
    store.close_dead()
    wanted = Wanted(
        store,
        fingerprint,
        settings.sweep,
        lambda claim: _begin(store, name, fingerprint, points, claim),
    )
    return wanted.obtain()


def describe(store: Store, sweep: SweepRun, points: Sequence[Point]) -> None:
    """Note what is asked of the sweep, and say what it has that earlier ones had not.

    Raises:
        StoreFailed: the store does not take it.
    """
    settings = points[0].settings
    for tag, text in asked(settings).items():
        sweep.run.tag(tag, text)
    sweep.run.tag(POINTS, str(len(points)))
    sweep.run.flush()
    if settings.sweep.resume and not sweep.resumed:
        # These are words only.
        with suppress(StoreFailed):
            say_what_changed(store, store.get(sweep.run.id))


def _begin(
    store: Store, name: str, fingerprint: str, points: Sequence[Point], claim: Mapping[str, str]
) -> Run:
    tags = {SWEEP: name, FINGERPRINT: fingerprint, MADE_OF: made_of(points), **claim, **own_lease()}
    params = sweep_parameters([point.settings for point in points])
    return store.new_run(Kind.SWEEP, name, params, tags, points[0].settings.sweep.night)
