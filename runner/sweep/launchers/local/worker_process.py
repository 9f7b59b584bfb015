"""Start a worker, give it jobs, and receive what it says of them, in the sweep's process."""

import multiprocessing
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from multiprocessing.context import ForkServerContext
from pathlib import Path

import cloudpickle
from hydra.core.utils import JobReturn

from runner.point.outcome import Lost
from runner.sweep.launchers.launch import failed_job
from runner.sweep.launchers.local import worker
from runner.sweep.launchers.local.exit_reason import last_output, reason
from runner.sweep.launchers.messages import JobBroke, JobEnded, JobFolder, Message

_END_SECONDS = 5


class WorkerProcess:
    """A process that runs jobs, one at a time; `messages` is the pipe to wait on."""

    def __init__(
        self,
        processes: ForkServerContext,
        context: bytes,
        timeout_minutes: float | None,
        fresh: bool,
    ) -> None:
        """Start the process; see `worker.serve` for the other arguments.

        Args:
            timeout_minutes: when the process is stopped that runs a job; None: never.
        """
        self._timeout_minutes = timeout_minutes
        self.messages, theirs = processes.Pipe()
        # Its types lack the class of processes.
        self._process = processes.Process(
            target=worker.serve, args=(context, theirs, fresh), name="worker", daemon=True
        )
        self._process.start()
        # The pipe then ends when the worker, which holds its only other end, does.
        theirs.close()

    def begin(self, overrides: Sequence[str], number: int) -> None:
        """Give it a job: Hydra's overrides, and Hydra's number."""
        self._overrides = overrides
        self._folder: Path | None = None
        minutes = self._timeout_minutes
        self._end = None if minutes is None else time.monotonic() + minutes * 60
        # One that has ended meanwhile is found to have done so when it is listened to.
        with suppress(OSError):
            self.messages.send((tuple(overrides), number))

    @property
    def seconds_left(self) -> float | None:
        """How long the job may still run; None: without limit."""
        return None if self._end is None else max(0.0, self._end - time.monotonic())

    def receive(self) -> Message | None:
        """Receive one message; None after the last one of a process that has ended."""
        try:
            message: Message = self.messages.recv()
        except (EOFError, OSError):
            return None
        if isinstance(message, JobFolder):
            self._folder = Path(message.path)
        return message

    def result(self, message: JobEnded | JobBroke | None) -> JobReturn:
        """Return how the job ended, from the last message on it; None: the process ended first."""
        match message:
            case JobEnded(result, _):
                found: JobReturn = cloudpickle.loads(result)
                return found
            case JobBroke(text):
                return self._lost(f"broke down: {text}")
        self._process.join(_END_SECONDS)
        return self._lost(reason(self._process.exitcode))

    def time_out(self) -> JobReturn:
        """End the process, whose job has taken too long, and return that."""
        self.stop()
        return self._lost(
            f"took longer than hydra.launcher.timeout_minutes={self._timeout_minutes:g}"
        )

    def release(self) -> None:
        """Let the process end once it has no job."""
        self.messages.close()

    def stop(self) -> None:
        """End the process now."""
        self.ask_to_stop()
        self._process.join(_END_SECONDS)
        if self._process.is_alive():
            self._process.kill()

    def ask_to_stop(self) -> None:
        """Signal the process to end."""
        self.release()
        self._process.terminate()

    def _lost(self, why: str) -> JobReturn:
        error = Lost(why)
        error.add_note(last_output(self._folder))
        return failed_job(self._overrides, error)


def stop(workers: Iterable[WorkerProcess]) -> None:
    """End these workers, and wait until no worker is left."""
    for running in workers:
        running.ask_to_stop()
    deadline = time.monotonic() + _END_SECONDS
    for process in multiprocessing.active_children():
        process.join(max(0.0, deadline - time.monotonic()))
        # A signal may have arrived before its worker was in the list above.
        if process.is_alive():
            process.kill()
