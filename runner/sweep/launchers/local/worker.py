"""Run jobs of a sweep in this process, one after the other, for as long as it is as it was."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection

from hydra.core.utils import JobStatus

from runner.errors import one_line
from runner.process.own_memory import OwnMemory
from runner.sweep.launchers.local.application import runs_code_of_others, threads_of
from runner.sweep.launchers.local.job import Job, pickle
from runner.sweep.launchers.local.messages import (
    JobBroke,
    JobEnded,
    MemoryTaken,
    Message,
    NotTaken,
)
from runner.sweep.launchers.local.process_state import ProcessState, free_memory


def serve(pickled: bytes, pipe: Connection, fresh: bool) -> None:
    """Run jobs until the launcher has no more, or another process is needed.

    Args:
        pickled: the `LaunchContext`.
        pipe: where jobs come from, and where messages for the launcher go.
        fresh: whether each job gets a process of its own.
    """
    _exit_with_the_sweep()
    worker = _Worker(pickled, pipe, fresh)
    # The launcher's end of the pipe is closed when it needs this process no more.
    with suppress(EOFError, OSError):
        while worker.stays:
            worker.work(*pipe.recv())


class _Worker:
    """A process that runs jobs.

    Attributes:
        stays: whether another job may follow.
    """

    def __init__(self, pickled: bytes, pipe: Connection, fresh: bool) -> None:
        self._pickled, self._pipe, self._fresh = pickled, pipe, fresh
        self._threads: int | None = None
        self._state: ProcessState | None = None
        self._memory = OwnMemory()
        self.stays = True

    def work(self, overrides: Sequence[str], number: int) -> None:
        """Run one job, and tell the launcher how it ended."""
        message: Message
        try:
            with self._memory.measured():
                message = self._work(overrides, number)
            self._pipe.send(MemoryTaken(self._memory.most))
            self.stays = isinstance(message, JobEnded) and message.stays
        except BaseException as error:
            message, self.stays = JobBroke(one_line(error)), False
        self._pipe.send(message)

    def _work(self, overrides: Sequence[str], number: int) -> Message:
        job = Job.of(self._pickled, overrides, number)
        alone, threads = self._fresh or runs_code_of_others(job.config), threads_of(job.config)
        if self._threads is not None and (alone or threads != self._threads):
            return NotTaken()
        self._threads = threads
        result = job.run(self._pipe)
        done = result.status is JobStatus.COMPLETED
        return JobEnded(pickle(result), stays=not alone and done and self._is_as_it_was())

    def _is_as_it_was(self) -> bool:
        """Free what the job has left, and tell whether the process may run another one."""
        free_memory()
        now = ProcessState.of_this_process()
        self._state = self._state or now
        return now.allows_more_than(self._state)


def _exit_with_the_sweep() -> None:
    """Kill this process as soon as the sweep's process has ended, however it ended."""
    sweep = multiprocessing.parent_process()
    if sweep is None:
        return

    def watch() -> None:
        sweep.join()
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()
