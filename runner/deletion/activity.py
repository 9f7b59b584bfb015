"""Refuse to delete a sweep that somebody works on."""

from collections.abc import Iterable

from runner.errors import Refused
from runner.escaping.terminal import complain
from runner.tracking import Record, Store
from runner.tracking.lease import PERIOD_SECONDS, PERIODS
from runner.tracking.silence import silent_runs
from runner.tracking.tags import LEASE, LEASED_BY
from runner.tracking.watch import living

_RUNNING = "RUNNING"


def require_ended(runs: Iterable[Record]) -> None:
    """Refuse runs of a sweep that a process of this machine and container works on.

    Raises:
        Refused: one of them is running.
    """
    for run in runs:
        if run.status == _RUNNING and run.process_alive:
            raise _running(run)


def require_unheld(store: Store, sweep: Record) -> None:
    """Refuse a sweep that another machine or container works on; to find out may take a minute.

    Raises:
        Refused: its lease is renewed.
        StoreFailed: the store does not answer.
    """
    if sweep.status != _RUNNING or sweep.process_alive is not None:
        return
    complain(
        f"{sweep.name} seems to be held by another machine or container; waiting "
        f"{PERIODS * PERIOD_SECONDS:.0f} s to see whether it still works"
    )
    if living(store, [sweep]):
        raise _running(sweep)


def silent_others(store: Store, sweep: Record, period: float = PERIOD_SECONDS) -> list[Record]:
    """Return the running runs of other sweeps that nobody works on; to find out may take a minute.

    Args:
        period: seconds after which a lease is renewed.

    Raises:
        StoreFailed: the store does not answer.
    """
    running = store.find(f"attributes.status = '{_RUNNING}'")
    own = {sweep.id}
    others = [run for run in running if not own & {run.id, run.parent, run.tags.get(LEASED_BY)}]
    unknown = [
        run for run in others if run.process_alive is None and {LEASE, LEASED_BY} & run.tags.keys()
    ]
    if unknown:
        complain(
            f"{unknown[0].name} is running elsewhere, or was when its machine went down; waiting "
            f"{PERIODS * PERIOD_SECONDS:.0f} s at most to see whether it still works"
        )
    return silent_runs(store, unknown, period)


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
