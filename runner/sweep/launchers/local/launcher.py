"""Run the jobs of a sweep in processes forked from a preloaded server."""

import functools
from collections.abc import Callable, Sequence
from multiprocessing.context import ForkServerContext

import cloudpickle
import hydra.plugins.launcher
from hydra.core.singleton import Singleton
from hydra.core.utils import JobReturn
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig

from runner.settings import Settings
from runner.sweep.launchers.application import is_this_one, threads_of
from runner.sweep.launchers.attached import Attached
from runner.sweep.launchers.job import LaunchContext
from runner.sweep.launchers.launch import launch, prepare
from runner.sweep.launchers.local import forkserver
from runner.sweep.launchers.local.capacity import Capacity
from runner.sweep.launchers.local.expected_memory import expected_bytes
from runner.sweep.launchers.local.kept_memory import KeptMemory
from runner.sweep.launchers.local.worker_process import WorkerProcess
from runner.sweep.launchers.local.workers import workers
from runner.sweep.launchers.protocol import Observer


class WorkersLauncher(Attached, hydra.plugins.launcher.Launcher):
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
        self._points: Sequence[Settings] = ()

    def setup(
        self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig
    ) -> None:
        """Store what Hydra hands over."""
        self._context, self._task, self._config = hydra_context, task_function, config

    def n_jobs(self) -> int:
        """Return how many jobs run at once: what workers take of the memory changes it."""
        if self._n_jobs is not None:
            return self._n_jobs
        self._capacity = self._capacity or self._count()
        return self._capacity.workers

    def can_stop(self) -> bool:
        """Return True."""
        return True

    def preload(self, points: Sequence[Settings]) -> None:
        """Start the server process, which imports and loads what these points need."""
        self._processes = self._server(points)
        self._points = points

    def watch(self, observer: Observer) -> None:
        """Report the launches that follow to this observer."""
        self._observer = observer

    def launch(
        self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int
    ) -> Sequence[JobReturn]:
        """Run the jobs; see the protocol for the arguments and the result."""
        prepare(self._config)
        of_points = not job_overrides or not all(map(_trains_a_baseline, job_overrides))
        at_work = workers(self._starter(), lambda most: self._note_memory(most, of_points))
        return launch(at_work, self.n_jobs, job_overrides, initial_job_idx, self._observer)

    def _note_memory(self, most: int, of_points: bool) -> None:
        if self._capacity is not None:
            self._capacity.note(most, of_points)
        if of_points:
            self._memory.note(most)

    def _count(self) -> Capacity:
        threads = threads_of(self._config)
        if self._memory.most or not self._points:
            return Capacity(threads, self._memory.most)
        return Capacity(threads, expected=expected_bytes(self._points))

    @functools.cached_property
    def _memory(self) -> KeptMemory:
        return KeptMemory(self._points)

    def _starter(self) -> Callable[[], WorkerProcess]:
        state = Singleton.get_state()
        common = LaunchContext(self._context, self._task, self._config, state)
        context = bytes(cloudpickle.dumps(common))
        self._processes = self._processes or self._server([])
        processes = self._processes
        return lambda: WorkerProcess(processes, context, self._timeout_minutes, self._fresh)

    def _server(self, points: Sequence[Settings]) -> ForkServerContext:
        environment = dict(self._config.hydra.job.env_set)
        return forkserver.start(points, environment, loads=is_this_one(self._config))


def _trains_a_baseline(overrides: Sequence[str]) -> bool:
    return any(override.startswith("sweep.job=baseline") for override in overrides)
