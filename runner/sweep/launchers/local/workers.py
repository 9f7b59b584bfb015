"""Give jobs to workers that are there already, or to new ones, and tell what they say."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait

from hydra.core.utils import JobReturn

from runner.sweep.launchers.local.worker_process import WorkerProcess, stop
from runner.sweep.launchers.messages import (
    JobBroke,
    JobEnded,
    JobPlaced,
    MemoryTaken,
    Message,
    NotTaken,
)


@dataclass(frozen=True)
class _Given:
    """A job that a worker has been given."""

    job: int
    overrides: Sequence[str]
    number: int
    process: WorkerProcess


@dataclass
class Workers:
    """Processes that run jobs, and those that wait for one.

    Attributes:
        start: starts a process.
        note_memory: hears how many bytes of its own a worker took at most for a job.
    """

    start: Callable[[], WorkerProcess]
    note_memory: Callable[[int], None]
    _given: dict[Connection, _Given] = field(default_factory=dict)
    _idle: list[WorkerProcess] = field(default_factory=list)
    _begun: list[int] = field(default_factory=list)

    @property
    def number(self) -> int:
        """How many jobs run."""
        return len(self._given)

    def begin(self, job: int, overrides: Sequence[str], number: int) -> None:
        """Run a job: Hydra's overrides, and Hydra's number."""
        self._begin(job, overrides, number, self._idle.pop() if self._idle else self.start())
        self._begun.append(job)

    def listen(self) -> Iterator[tuple[int, Message | JobReturn]]:
        """Wait until something is said of jobs, and yield that; a job's last is how it ended."""
        if self._begun:
            yield from ((job, JobPlaced()) for job in self._begun)
            self._begun.clear()
            return
        limits = [given.process.seconds_left for given in self._given.values()]
        known = [seconds for seconds in limits if seconds is not None]
        for pipe in wait(list(self._given), min(known) if known else None):
            given = self._given[pipe]  # type: ignore[index]
            said = self._heard(given)
            if said is not None:
                yield given.job, said
        for given in list(self._given.values()):
            if given.process.seconds_left == 0:
                del self._given[given.process.messages]
                yield given.job, given.process.time_out()

    def withdraw(self) -> None:
        """Do nothing: all jobs have begun that were given to a worker."""

    def release_idle(self) -> None:
        """Let the processes end that have no job: their memory is of use to the others."""
        while self._idle:
            self._idle.pop().release()

    def stop(self) -> None:
        """End all processes."""
        stop([*self._idle, *(given.process for given in self._given.values())])

    def _heard(self, given: _Given) -> Message | JobReturn | None:
        process = given.process
        message = process.receive()
        if isinstance(message, MemoryTaken):
            self.note_memory(message.most)
            return None
        if message is not None and not isinstance(message, JobEnded | JobBroke | NotTaken):
            return message
        del self._given[process.messages]
        if isinstance(message, NotTaken):
            process.release()
            self._begin(given.job, given.overrides, given.number, self.start())
            return None
        result = process.result(message)
        if isinstance(message, JobEnded) and message.stays:
            self._idle.append(process)
        else:
            process.release()
        return result

    def _begin(
        self, job: int, overrides: Sequence[str], number: int, process: WorkerProcess
    ) -> None:
        self._given[process.messages] = _Given(job, overrides, number, process)
        process.begin(overrides, number)


@contextmanager
def workers(
    start: Callable[[], WorkerProcess], note_memory: Callable[[int], None]
) -> Iterator[Workers]:
    """Give workers that have all ended after the block."""
    at_work = Workers(start, note_memory)
    try:
        yield at_work
    finally:
        at_work.stop()
