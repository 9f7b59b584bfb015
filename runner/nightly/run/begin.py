"""Begin the run of tonight, or resume that of a night which was interrupted."""

import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from runner.nightly.history.past import night_runs
from runner.tracking import Kind, Record, Run, Store
from runner.tracking.claim import Claims
from runner.tracking.lease import PERIOD_SECONDS
from runner.tracking.origin import own_lease
from runner.tracking.silence import close_silent, silent_runs
from runner.tracking.tags import SEED, VERDICT
from runner.tracking.take_over import adopt
from runner.tracking.watch import living

_WAIT_SECONDS = 60


@dataclass(frozen=True)
class Tonight:
    """The run of the night that is running; the seed is that of all its sweeps."""

    run: Run
    name: str
    seed: int
    resumed: bool


def begin(
    store: Store, resume_hours: float, seed: int | None, period: float = PERIOD_SECONDS
) -> Tonight:
    """Resume the last night if it was interrupted not long ago, else begin a new one.

    Runs of the experiment whose process has died are closed as KILLED first; of other machines and
    earlier boots, those whose lease is not renewed.

    Args:
        period: seconds after which a lease is renewed.

    Raises:
        StoreFailed: the store does not answer.
    """
    _wait_for_last_sweep(store)
    store.close_dead()
    close_silent(store, silent_runs(store, store.find(""), period))
    interrupted = _interrupted(store, resume_hours)
    with store.lock():
        if interrupted and (run := _taken_over(store, interrupted)):
            return Tonight(run, interrupted.name, int(interrupted.tags[SEED]), resumed=True)
        nights = night_runs(store)
        if seed is None:
            seed = _next_seed(nights)
        name = _name(nights)
        run = store.new_run(Kind.NIGHTLY, name, {}, {SEED: str(seed), **own_lease()})
        run.flush()
        return Tonight(run, name, seed, resumed=False)


def _interrupted(store: Store, resume_hours: float) -> Record | None:
    """Return the last night where it can be resumed and nobody works on it."""
    for night in night_runs(store)[-1:]:
        young = time.time() - night.started / 1000 < resume_hours * 3600
        open_ = night.status in {"KILLED", "RUNNING"} and VERDICT not in night.tags
        if young and open_ and not living(store, [night]):
            return night
    return None


def _taken_over(store: Store, night: Record) -> Run | None:
    """Go on with the night; None where another process was first."""
    claims = Claims(store, lambda: [store.get(night.id)], {night.holder})
    claims.write(night.id)
    if claims.prevail(night.id):
        claims.withdraw(night.id)
        return None
    run = adopt(store, night)
    claims.settle(night.id)
    return run


def _wait_for_last_sweep(store: Store) -> None:
    """Let a sweep of the last night end: it outlives a night that is killed by some seconds."""
    last = night_runs(store)[-1:]
    end = time.monotonic() + _WAIT_SECONDS
    while any(_has_live_sweep_only(store, night) for night in last) and time.monotonic() < end:
        time.sleep(0.2)


def _has_live_sweep_only(store: Store, night: Record) -> bool:
    """Tell whether a sweep of the night lives while the night itself has died."""
    running = [sweep for sweep in store.children(night.id) if sweep.status == "RUNNING"]
    return night.process_ended and any(not sweep.process_ended for sweep in running)


def _next_seed(nights: Sequence[Record]) -> int:
    """Return a seed that no night had: figures of one seed are one draw."""
    return max((int(night.tags.get(SEED, "0")) for night in nights), default=0) + 1


def _name(nights: Sequence[Record]) -> str:
    """Name a night by its date, and by a number where that date had one."""
    today = date.today().isoformat()
    names = {night.name for night in nights}
    numbered = (f"{today}-{number}" for number in itertools.count(2))
    return next(name for name in itertools.chain([today], numbered) if name not in names)
