"""A job that did not finish goes in; its run in the store says so, and why."""

import traceback
from collections.abc import Sequence

from runner.outcome import Lost
from runner.parameters import point_parameters
from runner.refusal import one_line
from runner.sweep.grid import Point
from runner.tracking import FINGERPRINT, Kind, Store


def close_failed(store: Store, sweep_run_id: str, point: Point, error: BaseException) -> None:
    """Close the point's run as FAILED, or as KILLED where its process ended first, with the reason.

    A point that never came to have a run gets one.

    Raises:
        StoreFailed: the store does not answer.
    """
    found = [
        record for record in store.points(sweep_run_id) if record.fingerprint == point.fingerprint
    ]
    if found and found[-1].status != "RUNNING":
        # It closed its run itself.
        return
    if found:
        run = store.reopen(found[-1])
    else:
        settings = point.settings
        tags = {FINGERPRINT: point.fingerprint, "runner.signature": point.signature}
        if settings.sweep.name:
            tags["runner.sweep"] = settings.sweep.name
        params = point_parameters(settings)
        run = store.new_run(Kind.POINT, point.name, params, tags, sweep_run_id)
    run.log_text("".join(traceback.format_exception(error)), "error.txt")
    run.end("KILLED" if isinstance(error, Lost) else "FAILED", one_line(error))


def close_running(store: Store, sweep_run_id: str, reason: str) -> None:
    """Close as KILLED what the end of the sweep interrupts.

    Raises:
        StoreFailed: the store does not answer.
    """
    for record in store.points(sweep_run_id):
        if record.status == "RUNNING":
            store.reopen(record).end("KILLED", reason)


def forget_failed(store: Store, sweep_run_id: str, points: Sequence[Point]) -> None:
    """Delete the runs of points that failed and are run again: a point has one run in a sweep.

    Raises:
        StoreFailed: the store does not answer.
    """
    again = {point.fingerprint for point in points}
    for record in store.points(sweep_run_id):
        if record.status in ("FAILED", "KILLED") and record.fingerprint in again:
            store.delete(record)
