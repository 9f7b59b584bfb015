"""Run jobs in this process, one after the other, for as long as it is as it was."""

from collections.abc import Callable

from hydra.core.utils import JobStatus

from runner.errors import one_line
from runner.process.own_memory import OwnMemory
from runner.sweep.launchers.application import runs_code_of_others, threads_of
from runner.sweep.launchers.job import Job, pickle
from runner.sweep.launchers.messages import (
    JobBroke,
    JobEnded,
    MemoryTaken,
    Message,
    NotTaken,
    Send,
)
from runner.sweep.launchers.process_state import ProcessState, free_memory


class Worker:
    """A process that runs jobs.

    Attributes:
        stays: whether another job may follow.
    """

    def __init__(self, send: Send, fresh: bool) -> None:
        """Begin with a process that has run no job.

        Args:
            send: takes messages for the launcher; the last one of each job says how it ended.
            fresh: whether each job gets a process of its own.
        """
        self._send, self._fresh = send, fresh
        self._threads: int | None = None
        self._state: ProcessState | None = None
        self._memory = OwnMemory()
        self.stays = True

    def work(self, compose: Callable[[], Job]) -> None:
        """Run the job that this returns, and tell the launcher how it ended."""
        message: Message
        try:
            with self._memory.measured():
                message = self._work(compose())
            self._send(MemoryTaken(self._memory.most))
            self.stays = isinstance(message, JobEnded) and message.stays
        except BaseException as error:
            message, self.stays = JobBroke(one_line(error)), False
        self._send(message)

    def _work(self, job: Job) -> Message:
        alone, threads = self._fresh or runs_code_of_others(job.config), threads_of(job.config)
        if self._threads is not None and (alone or threads != self._threads):
            return NotTaken()
        self._threads = threads
        result = job.run(self._send)
        done = result.status is JobStatus.COMPLETED
        return JobEnded(pickle(result), stays=not alone and done and self._is_as_it_was())

    def _is_as_it_was(self) -> bool:
        """Free what the job has left, and tell whether the process may run another one."""
        free_memory()
        now = ProcessState.of_this_process()
        self._state = self._state or now
        return now.allows_more_than(self._state)
