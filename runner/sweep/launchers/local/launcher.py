"""The overrides of each job go in; every job runs in a fresh process, and its return comes out."""

import functools
import logging
import multiprocessing
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Protocol

import cloudpickle
from hydra.core.singleton import Singleton
from hydra.core.utils import JobReturn, JobStatus, configure_log, filter_overrides, setup_globals
from hydra.plugins.launcher import Launcher
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig
from pebble import ProcessFuture, concurrent

from runner.errors import Refused
from runner.point.outcome import Lost
from runner.settings import Settings
from runner.sweep.launchers.local import capacity, forkserver, worker
from runner.sweep.launchers.local.exit_reason import last_words, reason
from runner.sweep.launchers.local.messages import Began, News
from runner.sweep.launchers.local.worker import Errand

log = logging.getLogger(__name__)

_END_SECONDS = 5


class Watcher(Protocol):
    """Who wants to know how a launch goes on; jobs are numbered from 0."""

    def wants_more(self) -> bool:
        """Tell whether another job should be started now."""

    def started(self, job: int) -> None:
        """Hear that a job was handed to a worker."""

    def told(self, job: int, news: News) -> None:
        """Hear what a worker says."""

    def finished(self, job: int, done: JobReturn) -> bool:
        """Hear how a job ended; tell whether more jobs should be started."""


@dataclass
class _Running:
    job: int
    future: "ProcessFuture[bytes]"
    folder: Path | None = None


class WorkersLauncher(Launcher):
    """Run jobs side by side, each in a process forked from one that has imported everything."""

    def __init__(self, n_jobs: int | None, timeout_minutes: float | None) -> None:
        """Take how many jobs run at once (None: what the machine takes), and each one's limit."""
        self._n_jobs = n_jobs
        self._timeout_minutes = timeout_minutes
        self._processes: ForkServerContext | None = None
        self.watcher: Watcher | None = None

    def setup(
        self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig
    ) -> None:
        """Keep what Hydra hands over.

        Raises:
            Refused: a setting of the launcher cannot work.
        """
        self._context, self._task, self._config = hydra_context, task_function, config
        jobs, minutes = self._n_jobs, self._timeout_minutes
        if jobs is not None and (type(jobs) is not int or jobs < 1):
            accepted = "a whole number of at least 1, or null"
            raise Refused(f"hydra.launcher.n_jobs={jobs}: must be {accepted}")
        if minutes is not None and (not isinstance(minutes, int | float) or not minutes > 0):
            accepted = "a positive number of minutes, or null"
            raise Refused(f"hydra.launcher.timeout_minutes={minutes}: must be {accepted}")

    def warm(self, points: Sequence[Settings]) -> ForkServerContext:
        """Start importing and loading for these points, before there is anything to launch."""
        self._processes = forkserver.start(points, dict(self._config.hydra.job.env_set))
        return self._processes

    @functools.cached_property
    def n_jobs(self) -> int:
        """How many jobs run at once."""
        return self._n_jobs or capacity.workers(int(self._config.threads))

    def launch(
        self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int
    ) -> Sequence[JobReturn]:
        """Run the jobs and return their returns in the same order.

        A job that was not started, because the watcher did not want more, has status UNKNOWN.
        """
        setup_globals()
        configure_log(self._config.hydra.hydra_logging, self._config.hydra.verbose)
        Path(str(self._config.hydra.sweep.dir)).mkdir(parents=True, exist_ok=True)
        state = Singleton.get_state()
        errand = cloudpickle.dumps(Errand(self._context, self._task, self._config, state))
        waiting = deque(enumerate(job_overrides))
        running: dict[Connection, _Running] = {}
        returns = [JobReturn(overrides=list(each)) for each in job_overrides]
        try:
            while waiting or running:
                if self.watcher and not self.watcher.wants_more():
                    waiting.clear()
                while waiting and len(running) < self.n_jobs:
                    job, overrides = waiting.popleft()
                    reader, process = self._start(errand, overrides, initial_job_idx + job)
                    running[reader] = _Running(job, process)
                    self._tell_start(job, overrides, initial_job_idx)
                heard = wait(list(running)) if running else []
                for reader in [each for each in running if each in heard]:
                    if self._hears(reader, running[reader]):
                        continue
                    ended = running.pop(reader)
                    returns[ended.job] = self._return_of(ended, returns[ended.job])
                    if self.watcher and not self.watcher.finished(ended.job, returns[ended.job]):
                        waiting.clear()
        finally:
            _stop([each.future for each in running.values()])
        return returns

    def _start(
        self, errand: bytes, overrides: Sequence[str], number: int
    ) -> tuple[Connection, "ProcessFuture[bytes]"]:
        processes = self._processes or self.warm([])
        reader, writer = processes.Pipe(duplex=False)
        limit = self._timeout_minutes and self._timeout_minutes * 60
        # Its types name the keyword mp_context; what it reads is context.
        fresh = concurrent.process(  # type: ignore[call-overload]
            name=f"job {number}", timeout=limit, context=processes
        )
        future = fresh(worker.work)(errand, tuple(overrides), number, writer)
        # The worker's end is then the only one: when the worker is gone, so is the pipe.
        writer.close()
        return reader, future

    def _tell_start(self, job: int, overrides: Sequence[str], first: int) -> None:
        if self.watcher:
            self.watcher.started(job)
        else:
            log.info("#%d: %s", first + job, " ".join(filter_overrides(overrides)))

    def _hears(self, reader: Connection, process: _Running) -> bool:
        """Take one message; tell whether there may be more."""
        try:
            news = reader.recv()
        except (EOFError, OSError):
            reader.close()
            return False
        if isinstance(news, Began):
            process.folder = Path(news.folder)
        elif self.watcher:
            self.watcher.told(process.job, news)
        return True

    def _return_of(self, process: _Running, blank: JobReturn) -> JobReturn:
        try:
            done: JobReturn = cloudpickle.loads(process.future.result())
            return done
        except TimeoutError:
            setting = f"hydra.launcher.timeout_minutes={self._timeout_minutes:g}"
            lost = Lost(f"took longer than {setting}")
        except Exception as error:
            lost = Lost(reason(error))
        lost.add_note(last_words(process.folder))
        blank.status, blank._return_value = JobStatus.FAILED, lost
        return blank


def _stop(futures: Sequence["ProcessFuture[bytes]"]) -> None:
    """End workers that are still at work, and wait until they are gone."""
    for future in futures:
        future.cancel()  # type: ignore[no-untyped-call]
    deadline = time.monotonic() + _END_SECONDS
    for process in multiprocessing.active_children():
        process.join(max(0.0, deadline - time.monotonic()))
        # One that a signal kept us from noting down.
        if process.is_alive():
            process.kill()
