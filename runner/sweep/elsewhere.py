"""Wait for points that jobs of an earlier process still work on, on whatever machine."""

import logging
from collections.abc import Sequence

from runner.planning.grid import Point
from runner.process.holder import this_holder
from runner.tracking import Record, Store
from runner.tracking.lease import PERIOD_SECONDS
from runner.tracking.tags import LEASE
from runner.tracking.take_over import supersede
from runner.tracking.watch import living

log = logging.getLogger(__name__)


def at_work_elsewhere(store: Store, sweep_run_id: str, points: Sequence[Point]) -> list[Point]:
    """Return those points that a job with a lease of its own has begun, and has not ended.

    Raises:
        StoreFailed: the store does not answer.
    """
    begun = {record.fingerprint for record in _running(store, sweep_run_id)}
    return [point for point in points if point.fingerprint in begun]


def wait_for_their_end(store: Store, sweep_run_id: str, period: float = PERIOD_SECONDS) -> None:
    """Wait until each of these jobs has ended, or its lease does not move any more.

    What ended without closing its run is superseded: should it come back, it counts nowhere.

    Args:
        period: seconds after which a lease is renewed.

    Raises:
        StoreFailed: the store does not answer.
    """
    while running := _running(store, sweep_run_id):
        names = ", ".join(record.name for record in running)
        log.info("waiting for what other machines work on: %s", names)
        alive = living(store, running, period=period, hint=False)
        for record in running:
            now = store.get(record.id)
            if record.id not in alive and now.status == "RUNNING":
                supersede(store, now, "its lease has ended: its machine is lost")


def _running(store: Store, sweep_run_id: str) -> list[Record]:
    return [
        record
        for record in store.children(sweep_run_id)
        if record.status == "RUNNING" and LEASE in record.tags and record.holder != this_holder()
    ]
