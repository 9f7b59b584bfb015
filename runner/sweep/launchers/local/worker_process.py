"""Start a worker, receive its messages and collect its result, in the sweep's process."""

import multiprocessing
import time
from collections.abc import Iterable, Sequence
from multiprocessing.context import ForkServerContext
from pathlib import Path

import cloudpickle
from hydra.core.utils import JobReturn, JobStatus
from pebble import ProcessFuture, concurrent

from runner.point.outcome import Lost
from runner.sweep.launchers.local import worker
from runner.sweep.launchers.local.exit_reason import last_output, reason
from runner.sweep.launchers.local.messages import JobFolder, Message

_END_SECONDS = 5


class WorkerProcess:
    """One job in a process of its own; `messages` is the pipe to wait on."""

    def __init__(
        self,
        processes: ForkServerContext,
        context: bytes,
        overrides: Sequence[str],
        number: int,
        timeout_minutes: float | None,
    ) -> None:
        """Start the process; see `worker.work` for the arguments.

        Args:
            timeout_minutes: when the process is stopped; None: never.
        """
        self._overrides, self._timeout_minutes = overrides, timeout_minutes
        self._folder: Path | None = None
        self.messages, writer = processes.Pipe(duplex=False)
        # Its types name the keyword mp_context; what it reads is context.
        start = concurrent.process(  # type: ignore[call-overload]
            name=f"job {number}",
            timeout=timeout_minutes and timeout_minutes * 60,
            context=processes,
        )
        self._future: ProcessFuture[bytes] = start(worker.work)(
            context, tuple(overrides), number, writer
        )
        # The pipe then ends when the worker, which holds its only other end, does.
        writer.close()

    def receive(self) -> Message | None:
        """Receive one message; None after the last one."""
        try:
            message: Message = self.messages.recv()
        except (EOFError, OSError):
            self.messages.close()
            return None
        if isinstance(message, JobFolder):
            self._folder = Path(message.path)
        return message

    def result(self) -> JobReturn:
        """Wait for the end of the process, and return how the job ended."""
        try:
            result: JobReturn = cloudpickle.loads(self._future.result())
            return result
        except TimeoutError:
            setting = f"hydra.launcher.timeout_minutes={self._timeout_minutes:g}"
            error = Lost(f"took longer than {setting}")
        except Exception as failure:
            error = Lost(reason(failure))
        error.add_note(last_output(self._folder))
        failed = JobReturn(overrides=list(self._overrides), status=JobStatus.FAILED)
        failed._return_value = error
        return failed

    def cancel(self) -> None:
        """End the process if it still runs."""
        self._future.cancel()  # type: ignore[no-untyped-call]


def stop(workers: Iterable[WorkerProcess]) -> None:
    """End these workers, and wait until no worker is left."""
    for running in workers:
        running.cancel()
    deadline = time.monotonic() + _END_SECONDS
    for process in multiprocessing.active_children():
        process.join(max(0.0, deadline - time.monotonic()))
        # A signal may have arrived before its worker was in the list above.
        if process.is_alive():
            process.kill()
