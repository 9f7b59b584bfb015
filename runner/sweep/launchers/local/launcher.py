"""Run each job of a sweep in a process forked from a preloaded server."""

import logging
from collections import deque
from collections.abc import Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext
from pathlib import Path

import cloudpickle
import hydra.plugins.launcher
from hydra.core.singleton import Singleton
from hydra.core.utils import JobReturn, configure_log, filter_overrides, setup_globals
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig

from runner.settings import Settings
from runner.sweep.launchers.local import capacity, forkserver
from runner.sweep.launchers.local.messages import EpochEnded, Message, WarningText
from runner.sweep.launchers.local.worker import LaunchContext
from runner.sweep.launchers.local.worker_process import WorkerProcess, stop
from runner.sweep.launchers.protocol import Observer

log = logging.getLogger(__name__)


class WorkersLauncher(hydra.plugins.launcher.Launcher):
    """Run jobs side by side, each in a process forked from one that has imported everything."""

    def __init__(self, n_jobs: int | None, timeout_minutes: float | None) -> None:
        """Take the settings in `conf/hydra/launcher/workers.yaml`.

        Args:
            n_jobs: how many jobs run at once; None: as many as cores and memory allow.
            timeout_minutes: when a job is stopped; None: never.
        """
        self._n_jobs = n_jobs
        self._timeout_minutes = timeout_minutes
        self._processes: ForkServerContext | None = None
        self._observer: Observer | None = None

    def setup(
        self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig
    ) -> None:
        """Store what Hydra hands over."""
        self._context, self._task, self._config = hydra_context, task_function, config

    def n_jobs(self) -> int:
        """Return how many jobs run at once, counted when this is first asked."""
        if self._n_jobs is None:
            self._n_jobs = capacity.workers(int(self._config.threads))
        return self._n_jobs

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
        context = self._pickled_context()
        results = [JobReturn(overrides=list(overrides)) for overrides in job_overrides]
        waiting = deque(range(len(job_overrides)))
        running: dict[Connection, tuple[int, WorkerProcess]] = {}
        try:
            while waiting or running:
                if not observer.wants_more():
                    waiting.clear()
                while waiting and len(running) < self.n_jobs():
                    job = waiting.popleft()
                    process = self._start(context, job_overrides[job], initial_job_idx + job)
                    running[process.messages] = job, process
                    observer.started(job)
                for job, process in _with_messages(running):
                    if message := process.receive():
                        _report(observer, job, message)
                        continue
                    del running[process.messages]
                    results[job] = process.result()
                    if not observer.finished(job, results[job]):
                        waiting.clear()
        finally:
            stop(process for _, process in running.values())
        return results

    def _prepare(self) -> None:
        """Set up logging and the sweep's folder, as Hydra's launchers do."""
        setup_globals()
        configure_log(self._config.hydra.hydra_logging, self._config.hydra.verbose)
        Path(str(self._config.hydra.sweep.dir)).mkdir(parents=True, exist_ok=True)

    def _pickled_context(self) -> bytes:
        state = Singleton.get_state()
        context = LaunchContext(self._context, self._task, self._config, state)
        return bytes(cloudpickle.dumps(context))

    def _start(self, context: bytes, overrides: Sequence[str], number: int) -> WorkerProcess:
        self._processes = self._processes or self._server([])
        return WorkerProcess(self._processes, context, overrides, number, self._timeout_minutes)

    def _server(self, points: Sequence[Settings]) -> ForkServerContext:
        return forkserver.start(points, dict(self._config.hydra.job.env_set))


class _StartLog:
    """Log each start, as Hydra's launchers do, where a sweeper of Hydra's follows no launch."""

    def __init__(self, job_overrides: Sequence[Sequence[str]], first_number: int) -> None:
        self._overrides, self._first = job_overrides, first_number

    def wants_more(self) -> bool:
        return True

    def started(self, job: int) -> None:
        overrides = " ".join(filter_overrides(self._overrides[job]))
        log.info("#%d: %s", self._first + job, overrides)

    def epoch_ended(self, job: int, done: int, total: int) -> None:
        pass

    def warned(self, job: int, text: str) -> None:
        pass

    def finished(self, job: int, result: JobReturn) -> bool:  # noqa: ARG002
        return True


def _with_messages(
    running: dict[Connection, tuple[int, WorkerProcess]],
) -> list[tuple[int, WorkerProcess]]:
    """Wait until some workers have sent a message or ended, and return those."""
    ready = wait(list(running)) if running else []
    return [running[pipe] for pipe in running if pipe in ready]


def _report(observer: Observer, job: int, message: Message) -> None:
    match message:
        case EpochEnded(done, total):
            observer.epoch_ended(job, done, total)
        case WarningText(text):
            observer.warned(job, text)
