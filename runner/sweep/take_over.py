"""Become the one process that works on a sweep, or leave it to whoever does."""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from runner.errors import Refused
from runner.settings.sweep import SweepSettings
from runner.sweep.time_of_day import time_of_day
from runner.tracking import Kind, Record, Run, Store
from runner.tracking.claim import Claims
from runner.tracking.tags import FINGERPRINT, LEASE, POINTS
from runner.tracking.take_over import adopt, at_work, close_others
from runner.tracking.watch import living

log = logging.getLogger(__name__)

Begin = Callable[[Mapping[str, str]], Run]
# Whoever asks for it does not wait for another machine; those that begin at this very moment do.
_TAKE_OVER_SECONDS = 3.0


@dataclass(frozen=True)
class SweepRun:
    """The MLflow run of a sweep, which no other process writes to.

    Attributes:
        resumed: whether an earlier process began it.
    """

    run: Run
    resumed: bool


@dataclass(frozen=True)
class Wanted:
    """The sweep that this process is to work on.

    Attributes:
        begin: prepares a new run with these tags among its own.
    """

    store: Store
    fingerprint: str
    settings: SweepSettings
    begin: Begin

    def obtain(self) -> SweepRun:
        """Go on with the newest such sweep, or begin one, as the only process that does.

        Raises:
            Refused: another process works on it, or was first.
            StoreFailed: the store stopped answering.
        """
        claims = Claims(self.store, self._same)
        if self.settings.take_over:
            claims.patience = _TAKE_OVER_SECONDS
        if not self.settings.resume:
            run = self.begin({claims.tag: claims.text(works=True)})
            run.flush()
            return SweepRun(run, resumed=False)
        same, dead_jobs = self._idle(claims)
        idle = [record for record in same if self._keeps(record)]
        return self._go_on(idle[-1], claims, dead_jobs) if idle else self._begin(claims)

    def _idle(self, claims: Claims) -> tuple[list[Record], set[str]]:
        """Return the earlier sweeps, none of which is worked on; `claims` hears who has died.

        Returns:
            The sweeps, and the ids of those of their jobs that nobody works on either.

        Raises:
            Refused: one is worked on.
        """
        wait = not self.settings.take_over
        same = self._same()
        _require_idle(
            same,
            {record.id for record in same if record.status == "RUNNING" and record.process_alive},
        )
        # To watch them one after the other would take twice as long.
        jobs = self._leased_jobs(same) if wait else []
        alive = living(self.store, [*same, *jobs], wait)
        _require_idle(same, alive)
        claims.dead |= {record.holder for record in same if record.status == "RUNNING"}
        return same, {job.id for job in jobs}.difference(alive)

    def _leased_jobs(self, sweeps: Sequence[Record]) -> list[Record]:
        """Return what runs of these sweeps with a lease of its own."""
        found = at_work(self.store, {sweep.id for sweep in sweeps})
        return [record for record in found if LEASE in record.tags]

    def _keeps(self, sweep: Record) -> bool:
        """Return True, unless a sweep's process ended before it came to any work: delete that."""
        if has_begun(sweep) or self.store.children(sweep.id):
            return True
        log.info("deleted: %s (run %s), which never began", sweep.name, sweep.id)
        self.store.delete(sweep)
        return False

    def _go_on(self, known: Record, claims: Claims, dead_jobs: Collection[str]) -> SweepRun:
        claims.write(known.id)
        other = claims.prevail(known.id)
        if other:
            claims.withdraw(known.id)
            raise _running(other)
        run = adopt(self.store, known)
        claims.settle(known.id)
        close_others(self.store, known.id, dead_jobs)
        return SweepRun(run, resumed=True)

    def _begin(self, claims: Claims) -> SweepRun:
        run = self.begin({claims.tag: claims.text()})
        run.flush()
        other = claims.prevail(run.id)
        if other:
            self.store.delete(self.store.get(run.id))
            raise _running(other)
        claims.settle(run.id)
        return SweepRun(run, resumed=False)

    def _same(self) -> list[Record]:
        return self.store.of_kind(Kind.SWEEP, {FINGERPRINT: self.fingerprint})


def has_begun(sweep: Record) -> bool:
    """Tell whether a sweep came to any work: the number of its points is tagged before."""
    return POINTS in sweep.tags


def _require_idle(sweeps: Sequence[Record], alive: Collection[str]) -> None:
    for sweep in sweeps:
        if sweep.id in alive:
            raise _running(sweep)


def _running(sweep: Record) -> Refused:
    return Refused(
        f"the same sweep is running: run {sweep.id}, begun at {time_of_day(sweep.started)}; "
        "sweep.resume=false begins another beside it"
    )
