"""Find out which running runs are still worked on, wherever that may be."""

import logging
import time
from collections.abc import Collection, Mapping, Sequence

from runner.tracking.lease import PERIOD_SECONDS, PERIODS
from runner.tracking.record import Kind, Record
from runner.tracking.store import Store
from runner.tracking.tags import LEASE

log = logging.getLogger(__name__)

_READS_A_PERIOD = 3
_HINTS: Mapping[str, str] = {Kind.SWEEP: "; sweep.take_over=true does not wait"}


def living(
    store: Store,
    runs: Sequence[Record],
    wait: bool = True,
    period: float = PERIOD_SECONDS,
    hint: bool = True,
) -> Collection[str]:
    """Return the ids of those runs that a process works on.

    A process of this machine and container is known by its number. Of any other one the lease is
    watched, for four periods at most.

    Args:
        wait: False takes those for dead that would have to be watched.
        period: seconds after which a lease is renewed.
        hint: whether to name the setting with which a sweep does not wait.

    Raises:
        StoreFailed: the store does not answer.
    """
    running = [run for run in runs if run.status == "RUNNING"]
    alive = {run.id for run in running if run.process_alive}
    unknown = [run for run in running if run.process_alive is None]
    return alive | (_moving(store, unknown, period, hint) if wait and unknown else set())


def _moving(store: Store, runs: Sequence[Record], period: float, hint: bool) -> set[str]:
    """Return the ids of the runs whose lease is renewed meanwhile."""
    waiting = {run.id: run.tags.get(LEASE) for run in runs}
    moved: set[str] = set()
    for step in range(PERIODS * _READS_A_PERIOD):
        if step % _READS_A_PERIOD == 0:
            seconds = round((PERIODS - step // _READS_A_PERIOD) * period)
            if step:
                log.info("still waiting, %d s", seconds)
            else:
                _announce(runs, seconds, hint)
        # Only this counts: while the store keeps its answer back, nobody can renew anything.
        time.sleep(period / _READS_A_PERIOD)
        for run_id in [*waiting]:
            now = store.get(run_id)
            if now.status != "RUNNING":
                del waiting[run_id]
            elif now.tags.get(LEASE) != waiting[run_id]:
                moved.add(run_id)
                del waiting[run_id]
        if not waiting:
            break
    return moved


def _announce(runs: Sequence[Record], seconds: int, hint: bool) -> None:
    run, *others = runs
    more = f" and {len(others)} more seem" if others else " seems"
    works = "they still work" if others else "it still works"
    help_ = _HINTS.get(run.kind or "", "") if hint else ""
    log.info(
        "%s %s (run %s)%s to be held by another machine or container; waiting %d s to "
        "see whether %s%s",
        run.kind, run.name, run.id, more, seconds, works, help_,
    )  # fmt: skip
