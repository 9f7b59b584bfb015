"""Run jobs that come through a pipe in this process, which ends with the sweep's."""

import multiprocessing
import os
import signal
import threading
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection

from runner.sweep.launchers.job import Job
from runner.sweep.launchers.worker import Worker


def serve(pickled: bytes, pipe: Connection, fresh: bool) -> None:
    """Run jobs until the launcher has no more, or another process is needed.

    Args:
        pickled: the `LaunchContext`.
        pipe: where jobs come from, and where messages for the launcher go.
        fresh: whether each job gets a process of its own.
    """
    _exit_with_the_sweep()
    worker = Worker(pipe.send, fresh)
    # The launcher's end of the pipe is closed when it needs this process no more.
    with suppress(EOFError, OSError):
        while worker.stays:
            worker.work(partial(Job.of, pickled, *pipe.recv()))


def _exit_with_the_sweep() -> None:
    """Kill this process as soon as the sweep's process has ended, however it ended."""
    sweep = multiprocessing.parent_process()
    if sweep is None:
        return

    def watch() -> None:
        sweep.join()
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()
