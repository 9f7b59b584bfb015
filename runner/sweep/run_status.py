"""Record in the store that a point did not finish, and why."""

from runner.errors import one_line
from runner.planning.grid import Point
from runner.point.outcome import Lost
from runner.process.holder import this_holder
from runner.settings.parameters import point_parameters
from runner.tracking import Kind, Store
from runner.tracking.lease import Hold
from runner.tracking.tags import FINGERPRINT, LEASED_BY, SIGNATURE

_FAILED = ("FAILED", "KILLED")


def close_failed(store: Store, sweep_run_id: str, point: Point, error: BaseException) -> bool:
    """Close the point's run as FAILED, or as KILLED where its process ended first, with the reason.

    A point that has no run yet gets one.

    Returns:
        Whether the point was finished before the error; its run is then left as it is.

    Raises:
        StoreFailed: the store does not answer.
        TakenOver: the sweep is another process's by now.
    """
    _require_hold(store, sweep_run_id)
    records = store.children(sweep_run_id, point.fingerprint)
    if records and records[-1].status != "RUNNING":
        # The job closed its run itself.
        return records[-1].status == "FINISHED"
    if records:
        run = store.reopen(records[-1])
    else:
        tags = {FINGERPRINT: point.fingerprint, SIGNATURE: point.signature, LEASED_BY: sweep_run_id}
        params = point_parameters(point.settings)
        run = store.new_run(Kind.POINT, point.name, params, tags, sweep_run_id)
    run.log_error(error)
    run.end("KILLED" if isinstance(error, Lost) else "FAILED", one_line(error))
    return False


def close_running(store: Store, sweep_run_id: str, reason: str) -> None:
    """Close the runs of points that are still running as KILLED, or FAILED where they say why.

    Raises:
        StoreFailed: the store does not answer.
        TakenOver: the sweep is another process's by now.
    """
    _require_hold(store, sweep_run_id)
    for record in store.children(sweep_run_id):
        if record.status == "RUNNING":
            status = "FAILED" if record.error else "KILLED"
            store.reopen(record).end(status, record.error or reason)


def failed_fingerprints(store: Store, sweep_run_id: str) -> set[str]:
    """Return the fingerprints of points whose run in the sweep failed or was killed.

    Raises:
        StoreFailed: the store does not answer.
    """
    records = store.children(sweep_run_id)
    return {record.fingerprint for record in records if record.status in _FAILED}


def delete_failed(store: Store, sweep_run_id: str, point: Point) -> None:
    """Delete the failed runs of a point that is run again: a point has one run in a sweep.

    Raises:
        StoreFailed: the store does not answer.
    """
    for record in store.children(sweep_run_id, point.fingerprint):
        if record.status in _FAILED:
            store.delete(record)


def _require_hold(store: Store, sweep_run_id: str) -> None:
    Hold(lambda: store.connection, lambda: sweep_run_id, this_holder()).require()
