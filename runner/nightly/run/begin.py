"""A store goes in; the run of tonight, new or gone on with, comes out."""

import time
from dataclasses import dataclass
from datetime import date

from runner.nightly.history.past import night_runs
from runner.tracking import Kind, Record, Run, Store
from runner.tracking.tags import SEED, VERDICT

_DYING_SECONDS = 60


@dataclass(frozen=True)
class Tonight:
    """The run of a night that is at work; the seed is that of all its sweeps."""

    run: Run
    name: str
    seed: int
    resumed: bool


def begin(store: Store, resume_hours: float, seed: int | None) -> Tonight:
    """Go on with the last night if it was interrupted not long ago, else begin a new one.

    Runs of the experiment whose process has died are closed as KILLED first.

    Raises:
        StoreFailed: the store does not answer.
    """
    _await_the_dying(store)
    with store.lock():
        store.close_dead()
        nights = night_runs(store)
        last = nights[-1] if nights else None
        if last and _interrupted(last, resume_hours):
            run = store.adopt(last)
            return Tonight(run, last.name, int(last.tags[SEED]), resumed=True)
        own = _next_seed(nights) if seed is None else seed
        name = _name(nights)
        run = store.new_run(Kind.NIGHTLY, name, {}, {SEED: str(own)})
        run.flush()
        return Tonight(run, name, own, resumed=False)


def _interrupted(night: Record, resume_hours: float) -> bool:
    young = time.time() - night.started / 1000 < resume_hours * 3600
    return young and night.status == "KILLED" and VERDICT not in night.tags


def _await_the_dying(store: Store) -> None:
    """Let a sweep of the last night end: it outlives a night that is killed by some seconds."""
    last = night_runs(store)[-1:]
    end = time.monotonic() + _DYING_SECONDS
    while any(_is_dying(store, night) for night in last) and time.monotonic() < end:
        time.sleep(0.2)


def _is_dying(store: Store, night: Record) -> bool:
    running = [each for each in store.children(night.id) if each.status == "RUNNING"]
    left = [each for each in running if not each.process_ended]
    return bool(left) and night.process_ended


def _next_seed(nights: list[Record]) -> int:
    """Return a seed that no night had: figures of one seed are one draw."""
    return max((int(night.tags.get(SEED, "0")) for night in nights), default=0) + 1


def _name(nights: list[Record]) -> str:
    """Name a night by its date, and by a number where that date had one."""
    today = date.today().isoformat()
    names = {night.name for night in nights}
    return next(
        name
        for number in range(1, len(nights) + 2)
        for name in (today if number == 1 else f"{today}-{number}",)
        if name not in names
    )
