"""Hand jobs over to the cluster, and listen to them and to what the cluster says of them."""

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from hydra.core.utils import JobReturn

from runner.sweep.launchers.messages import MachineLost, Message
from runner.sweep.launchers.protocol import Observer
from runner.sweep.launchers.slurm.cluster import Cluster, Silent
from runner.sweep.launchers.slurm.earlier import Earlier, key_of
from runner.sweep.launchers.slurm.options import Options
from runner.sweep.launchers.slurm.state import JobState
from runner.sweep.launchers.slurm.submission import Submission, Waiting
from runner.sweep.launchers.slurm.watched_job import WatchedJob

log = logging.getLogger(__name__)

_LISTENS_SECONDS = 1.0
# Between two questions to the cluster, from the first after something has changed.
_ASKS_SECONDS, _ASKS_AT_MOST_SECONDS = 1.0, 15.0
# What Ctrl-C ends this process with.
_INTERRUPTED = 130


@dataclass
class SlurmPool:
    """Jobs on a cluster; those that still go on when the block ends are left to it.

    Attributes:
        left: whether there were such jobs.
    """

    cluster: Cluster
    options: Options
    submission: Submission
    earlier: Earlier
    observer: Observer
    left: bool = False
    _jobs: dict[int, WatchedJob] = field(default_factory=dict)
    _waiting: list[Waiting] = field(default_factory=list)
    # Those that go on under their id, though their machine is another one by now.
    _again: dict[int, WatchedJob] = field(default_factory=dict)
    _asks_at: float = 0.0
    _pause: float = _ASKS_SECONDS
    _silent: bool = False

    @property
    def number(self) -> int:
        """How many jobs are submitted, or about to be."""
        return len(self._jobs) + len(self._waiting)

    def begin(self, job: int, overrides: Sequence[str], number: int) -> None:
        """Take a job up that goes on already, or have it submitted with the next ones."""
        known = self.earlier.jobs.pop(key_of(overrides), None)
        if job in self._again:
            self._jobs[job] = self._again.pop(job)
        elif known:
            self._jobs[job] = WatchedJob(tuple(overrides), known.batch, known.index, self.options)
        else:
            self._waiting.append(Waiting(job, tuple(overrides), number))

    def listen(self) -> Iterator[tuple[int, Message | JobReturn]]:
        """Submit what waits for that, and yield what is new of any job, if anything is."""
        if self._waiting:
            self._jobs |= self.submission.submit(self._waiting, bool(self._jobs))
            self._hurry()
        heard = False
        states = self._ask()
        for job, watched in list(self._jobs.items()):
            state = None if states is None else states.get(watched.id, JobState(""))
            for said in watched.news(state):
                heard = True
                self._drop(job, said)
                yield job, said
                if self._jobs.get(job) is not watched:
                    break
        self._end_unwanted()
        if heard:
            self._hurry()
        else:
            time.sleep(_LISTENS_SECONDS)

    def withdraw(self) -> None:
        """Take back the jobs that have not begun."""
        self._waiting.clear()
        ids = {watched.id: job for job, watched in self._jobs.items() if not watched.placed}
        if not ids:
            return
        try:
            self.cluster.withdraw(list(ids))
            states = self.cluster.states(list(ids))
        except Silent as silence:
            log.warning("%s; jobs that wait there may begin", silence)
            return
        for job_id, job in ids.items():
            if states.get(job_id, JobState("")).word == "CANCELLED":
                self._forget(self._jobs.pop(job))

    def release_idle(self) -> None:
        """Do nothing: no job's process waits for another job."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _: type[BaseException] | None, stop: BaseException | None, __: TracebackType | None
    ) -> None:
        """Cancel all jobs after Ctrl-C; otherwise leave them to the cluster."""
        if _is_interruption(stop) and self.observer.holds():
            watched = [*self._jobs.values(), *self._again.values()]
            self._jobs.clear()
            self._again.clear()
            self._cancel(watched)
        elif stop is not None:
            self.left = bool(self._jobs)
            if self.left:
                log.warning(
                    "%d jobs go on without this process; the same command finds them again",
                    len(self._jobs),
                )

    def _drop(self, job: int, said: Message | JobReturn) -> None:
        """Follow a job no further that has ended, or is about to be begun anew."""
        if isinstance(said, JobReturn):
            self._forget(self._jobs.pop(job))
        elif isinstance(said, MachineLost):
            watched = self._jobs.pop(job)
            if watched.over:
                self._cancel([watched])
            else:
                self._again[job] = watched

    def _end_unwanted(self) -> None:
        """End jobs that begin anew though they had come to their end."""
        if self._again:
            unwanted = list(self._again.values())
            self._again.clear()
            self._cancel(unwanted)

    def _cancel(self, watched: Sequence[WatchedJob]) -> None:
        ids = [each.id for each in watched]
        try:
            self.cluster.cancel(ids)
        except Silent as silence:
            log.warning("%s; not cancelled: %s", silence, " ".join(ids))
            return
        for each in watched:
            self._forget(each)

    def _forget(self, watched: WatchedJob) -> None:
        """Forget a batch in the store once nothing of it goes on."""
        token = watched.batch.token
        going = [each.batch for each in (*self._jobs.values(), *self._again.values())]
        going += [each.batch for each in self.earlier.jobs.values() if each.goes_on]
        if all(batch.token != token for batch in going):
            self.observer.remember(token, "")

    def _hurry(self) -> None:
        self._pause, self._asks_at = _ASKS_SECONDS, 0.0

    def _ask(self) -> dict[str, JobState] | None:
        """Ask the cluster of all jobs if that is due; None where it is not, or nobody answers."""
        now = time.monotonic()
        if now < self._asks_at or not self._jobs:
            return None
        self._asks_at = now + self._pause
        self._pause = min(2 * self._pause, _ASKS_AT_MOST_SECONDS)
        try:
            states = self.cluster.states([watched.id for watched in self._jobs.values()])
        except Silent as silence:
            if not self._silent:
                log.warning("%s; going on with what the jobs say", silence)
            self._silent = True
            return None
        self._silent = False
        return dict(states)


def _is_interruption(stop: BaseException | None) -> bool:
    interrupted = isinstance(stop, SystemExit) and stop.code == _INTERRUPTED
    return interrupted or isinstance(stop, KeyboardInterrupt)
