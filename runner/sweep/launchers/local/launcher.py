"""Run the jobs of a sweep in processes forked from a preloaded server."""

import logging
from collections import deque
from collections.abc import Callable, Sequence
from multiprocessing.context import ForkServerContext
from pathlib import Path

import cloudpickle
import hydra.plugins.launcher
from hydra.core.singleton import Singleton
from hydra.core.utils import JobReturn, configure_log, filter_overrides, setup_globals
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig

from runner.settings import Settings
from runner.sweep.launchers.local import forkserver
from runner.sweep.launchers.local.application import is_this_one, threads_of
from runner.sweep.launchers.local.capacity import Capacity
from runner.sweep.launchers.local.job import LaunchContext
from runner.sweep.launchers.local.messages import (
    EpochEnded,
    MemoryTaken,
    Message,
    WarningText,
)
from runner.sweep.launchers.local.worker_process import WorkerProcess
from runner.sweep.launchers.local.workers import workers
from runner.sweep.launchers.protocol import Observer

log = logging.getLogger(__name__)


class WorkersLauncher(hydra.plugins.launcher.Launcher):
    """Run jobs side by side, in processes forked from one that has imported everything."""

    def __init__(
        self, n_jobs: int | None, timeout_minutes: float | None, fresh_workers: bool
    ) -> None:
        """Take the settings in `conf/hydra/launcher/workers.yaml`.

        Args:
            n_jobs: how many jobs run at once; None: as many as cores and memory allow.
            timeout_minutes: when a job is stopped; None: never.
            fresh_workers: whether each job gets a process of its own.
        """
        self._fresh = fresh_workers
        self._n_jobs = n_jobs
        self._capacity: Capacity | None = None
        self._timeout_minutes = timeout_minutes
        self._processes: ForkServerContext | None = None
        self._observer: Observer | None = None

    def setup(
        self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig
    ) -> None:
        """Store what Hydra hands over."""
        self._context, self._task, self._config = hydra_context, task_function, config

    def n_jobs(self) -> int:
        """Return how many jobs run at once: what workers take of the memory changes it."""
        if self._n_jobs is not None:
            return self._n_jobs
        self._capacity = self._capacity or Capacity(threads_of(self._config))
        return self._capacity.workers

    def can_stop(self) -> bool:
        """Return True."""
        return True

    def preload(self, points: Sequence[Settings]) -> None:
        """Start the server process, which imports and loads what these points need."""
        self._processes = self._server(points)

    def watch(self, observer: Observer) -> None:
        """Report the launches that follow to this observer."""
        self._observer = observer

    def launch(
        self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int
    ) -> Sequence[JobReturn]:
        """Run the jobs; see the protocol for the arguments and the result."""
        self._prepare()
        observer = self._observer or _StartLog(job_overrides, initial_job_idx)
        results = [JobReturn(overrides=list(overrides)) for overrides in job_overrides]
        waiting = deque(range(len(job_overrides)))
        with workers(self._starter()) as at_work:
            while True:
                while at_work.number < self.n_jobs():
                    job = _take(waiting, results, observer)
                    if job is None:
                        break
                    at_work.begin(job, results[job].overrides or (), initial_job_idx + job)
                    observer.started(job)
                if not at_work.number:
                    return results
                if not waiting:
                    at_work.release_idle()
                for job, said in at_work.listen():
                    if isinstance(said, MemoryTaken):
                        self._note_memory(said)
                        continue
                    if not isinstance(said, JobReturn):
                        _report(observer, job, said)
                        continue
                    results[job] = said
                    if not observer.finished(job, said):
                        waiting.clear()

    def _note_memory(self, taken: MemoryTaken) -> None:
        if self._capacity is not None:
            self._capacity.note(taken.most)

    def _prepare(self) -> None:
        """Set up logging and the sweep's folder, as Hydra's launchers do."""
        setup_globals()
        configure_log(self._config.hydra.hydra_logging, self._config.hydra.verbose)
        Path(str(self._config.hydra.sweep.dir)).mkdir(parents=True, exist_ok=True)

    def _starter(self) -> Callable[[], WorkerProcess]:
        state = Singleton.get_state()
        launch = LaunchContext(self._context, self._task, self._config, state)
        context = bytes(cloudpickle.dumps(launch))
        self._processes = self._processes or self._server([])
        processes = self._processes
        return lambda: WorkerProcess(processes, context, self._timeout_minutes, self._fresh)

    def _server(self, points: Sequence[Settings]) -> ForkServerContext:
        environment = dict(self._config.hydra.job.env_set)
        return forkserver.start(points, environment, loads=is_this_one(self._config))


class _StartLog:
    """Log each start, as Hydra's launchers do, where a sweeper of Hydra's follows no launch."""

    def __init__(self, job_overrides: Sequence[Sequence[str]], first_number: int) -> None:
        self._overrides, self._first = job_overrides, first_number

    def wants_more(self) -> bool:
        return True

    def further(self) -> None:
        pass

    def started(self, job: int) -> None:
        overrides = " ".join(filter_overrides(self._overrides[job]))
        log.info("#%d: %s", self._first + job, overrides)

    def epoch_ended(self, job: int, done: int, total: int) -> None:
        pass

    def warned(self, job: int, text: str) -> None:
        pass

    def finished(self, job: int, result: JobReturn) -> bool:  # noqa: ARG002
        return True


def _take(waiting: deque[int], results: list[JobReturn], observer: Observer) -> int | None:
    """Take a job that waits, or one that the observer adds; None where none is to be started."""
    if not observer.wants_more():
        waiting.clear()
        return None
    if waiting:
        return waiting.popleft()
    overrides = observer.further()
    if overrides is None:
        return None
    results.append(JobReturn(overrides=list(overrides)))
    return len(results) - 1


def _report(observer: Observer, job: int, message: Message) -> None:
    match message:
        case EpochEnded(done, total):
            observer.epoch_ended(job, done, total)
        case WarningText(text):
            observer.warned(job, text)
