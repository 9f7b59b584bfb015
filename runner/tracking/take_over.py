"""Go on with a run that another process began, and close what that one left running."""

import logging
from collections.abc import Collection

from runner.process.holder import this_holder
from runner.tracking import origin
from runner.tracking.lease import Lease
from runner.tracking.record import Kind, Record
from runner.tracking.run import Run
from runner.tracking.store import Store
from runner.tracking.tags import KEY, LEASE, LEASED_BY, SUPERSEDED
from runner.tracking.watch import living

log = logging.getLogger(__name__)


def adopt(store: Store, record: Record) -> Run:
    """Mark a run as running in this process, and return it with its lease.

    From the first of these calls on, its last holder finds that it has lost the run.

    Raises:
        StoreFailed: the store does not answer.
    """
    run = store.reopen(record)
    for name, value in {**origin.origin_tags(), **origin.own_lease()}.items():
        run.tag(name, value)
    run.flush()
    client = store.connection
    client.update_run(record.id, status="RUNNING")
    return Run(lambda: (client, record.id), hold=Lease(lambda: client, lambda: record.id))


def at_work(store: Store, sweep_run_ids: Collection[str]) -> list[Record]:
    """Return the points and baselines of sweeps that run for another holder than this process.

    Raises:
        StoreFailed: the store does not answer.
    """
    return [
        record
        for record in store.find("attributes.status = 'RUNNING'")
        if _is_of(record, sweep_run_ids) and record.holder != this_holder()
    ]


def close_others(store: Store, sweep_run_id: str, dead: Collection[str] = ()) -> None:
    """Close the points and baselines of a sweep that run for another holder than this process.

    Where the process of one may still live, its run is superseded: whatever it yet comes to, it
    counts nowhere. One that has a lease of its own, and renews it, is left alone: it goes on.

    Args:
        dead: ids of runs of which it is known that nobody renews their lease.

    Raises:
        StoreFailed: the store does not answer.
    """
    others = at_work(store, {sweep_run_id})
    leased = [record for record in others if LEASE in record.tags and record.id not in dead]
    going = living(store, leased, hint=False)
    for record in others:
        if record.id not in going:
            log.info("taken over: %s %s", record.kind, record.name)
            supersede(store, record, "its sweep was taken over by another process")


def supersede(store: Store, record: Record, reason: str) -> None:
    """Close a run that counts nowhere from now on.

    Raises:
        StoreFailed: the store does not answer.
    """
    run = store.reopen(record)
    run.tag(SUPERSEDED, "true")
    run.end("KILLED", reason)


def delete_doubles(store: Store, sweep_run_id: str) -> None:
    """Delete runs that stand for finished points, and that nobody works on.

    A store may carry a request out long after it was given up and sent again.

    Raises:
        StoreFailed: the store does not answer.
    """
    runs = store.children(sweep_run_id)
    finished = {run.tags.get(KEY) for run in runs if run.status == "FINISHED"}
    for run in runs:
        if run.status == "RUNNING" and run.tags.get(KEY) in finished:
            log.info("deleted: a second run of %s (run %s)", run.name, run.id)
            store.delete(run)


def _is_of(record: Record, sweep_run_ids: Collection[str]) -> bool:
    of_point = record.kind in {Kind.POINT, Kind.BASELINE}
    return of_point and not {record.parent, record.tags.get(LEASED_BY)}.isdisjoint(sweep_run_ids)
