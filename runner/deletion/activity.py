"""Refuse to delete a sweep that somebody works on."""

from collections.abc import Iterable

from runner.errors import Refused
from runner.tracking import Record, Store
from runner.tracking.lease import PERIOD_SECONDS
from runner.tracking.silence import silent_runs
from runner.tracking.tags import LEASE, LEASED_BY

_RUNNING = "RUNNING"


def require_ended(runs: Iterable[Record]) -> None:
    """Refuse runs of a sweep that a process of this machine and container works on.

    Raises:
        Refused: one of them is running.
    """
    for run in runs:
        if run.status == _RUNNING and run.process_alive:
            raise _running(run)


def silent_others(store: Store, sweep: Record, period: float = PERIOD_SECONDS) -> list[Record]:
    """Require that nobody works on a sweep, and return the runs of others that nobody works on.

    These are running ones of other machines, containers and boots. All are watched together, which
    may take a minute.

    Args:
        period: seconds after which a lease is renewed.

    Raises:
        Refused: the lease of the sweep is renewed.
        StoreFailed: the store does not answer.
    """
    own = {sweep.id}
    running = store.find(f"attributes.status = '{_RUNNING}'")
    others = [run for run in running if not own & {run.id, run.parent, run.tags.get(LEASED_BY)}]
    held = [sweep] if sweep.status == _RUNNING and sweep.process_alive is None else []
    silent = silent_runs(store, others, period, also=held)
    if held and sweep not in silent and store.get(sweep.id).status == _RUNNING:
        raise _running(sweep)
    return [run for run in silent if run != sweep]


def require_unchanged(before: Record, now: Record) -> None:
    """Refuse a sweep that somebody has gone on with meanwhile.

    Raises:
        Refused: its lease is another one.
    """
    if now.status == _RUNNING and now.tags.get(LEASE) != before.tags.get(LEASE):
        raise _running(now)


def may_be_running(run: Record) -> bool:
    """Tell whether a run may be worked on, here or elsewhere."""
    return run.status == _RUNNING and run.process_alive is not False


def _running(run: Record) -> Refused:
    return Refused(
        f"SWEEP={run.name}: must have ended, and is running (run {run.id}); stop it first"
    )
