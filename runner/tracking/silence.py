"""Close the runs of processes that are no more, though they may have been of another machine."""

import logging
from collections.abc import Iterable, Sequence

from runner.tracking.connection import StoreFailed
from runner.tracking.lease import PERIOD_SECONDS
from runner.tracking.record import Record
from runner.tracking.store import Store
from runner.tracking.tags import LEASE, LEASED_BY
from runner.tracking.watch import living

log = logging.getLogger(__name__)


def silent_runs(
    store: Store,
    runs: Iterable[Record],
    period: float = PERIOD_SECONDS,
    also: Sequence[Record] = (),
) -> list[Record]:
    """Return the running runs of which nothing is known here, and whose lease is not renewed.

    Where there are such runs, they are all watched together, for four periods at most. A run
    without a lease and without one that covers it is none of them: nothing can be known of it.

    Args:
        period: seconds after which a lease is renewed.
        also: more such runs, which are silent too where they have no lease.

    Raises:
        StoreFailed: the store does not answer.
    """
    unknown = {run.id: run for run in runs if run.status == "RUNNING" and run.process_alive is None}
    covers = {run.id: _cover(run) for run in unknown.values() if _cover(run)}
    unknown |= {run.id: run for run in also}
    covers |= {run.id: run.id for run in also}
    tops = [unknown.get(cover) or _found(store, cover) for cover in set(covers.values())]
    alive = living(store, [top for top in tops if top], period=period, hint=False)
    silent = [unknown[run_id] for run_id, cover in covers.items() if cover not in alive]
    return [run for run in silent if _is_as_before(store, run)]


def close_silent(store: Store, runs: Iterable[Record]) -> None:
    """Close runs that were found to be silent.

    Raises:
        StoreFailed: the store does not answer.
    """
    for run in runs:
        log.info("found dead: %s %s", run.kind or "run", run.name)
        store.reopen(run).end("KILLED", "found dead: its lease was not renewed")


def _cover(run: Record) -> str:
    """Return the id of the run whose lease covers this one, maybe its own; empty for none."""
    return run.id if LEASE in run.tags else run.tags.get(LEASED_BY, "")


def _found(store: Store, run_id: str) -> Record | None:
    try:
        return store.get(run_id)
    except StoreFailed as failure:
        if failure.code != "RESOURCE_DOES_NOT_EXIST":
            raise
        return None


def _is_as_before(store: Store, run: Record) -> bool:
    now = store.get(run.id)
    return now.status == "RUNNING" and now.holder == run.holder
