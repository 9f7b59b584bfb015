"""Run the jobs of a sweep on the machines of a cluster of Ray's."""

import importlib.util
import time
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import hydra.plugins.launcher
import joblib
from hydra.core.utils import JobReturn
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig

from runner.errors import Refused
from runner.settings import Settings
from runner.sweep.launchers.application import threads_of
from runner.sweep.launchers.attached import Attached
from runner.sweep.launchers.job import LaunchContext
from runner.sweep.launchers.launch import launch, prepare
from runner.sweep.launchers.protocol import Observer
from runner.sweep.launchers.ray.cluster import Cluster
from runner.sweep.launchers.ray.portable_job import portable_job
from runner.sweep.launchers.ray.share import Need

if TYPE_CHECKING:
    from runner.sweep.launchers.ray.actors import Actors

_MISSING = (
    "hydra/launcher=ray: Ray is not installed; install the extra of that name, as in "
    "pip install 'pruning-sweep-runner[ray]', or in a checkout pip install '.[ray]'"
)
# How long the number of machines is taken to stay as it is.
_LOOK_SECONDS = 5.0


class RayLauncher(Attached, hydra.plugins.launcher.Launcher):
    """Run jobs side by side as calls of actors, each of which keeps TensorFlow loaded."""

    def __init__(  # noqa: PLR0913, PLR0917
        self,
        address: str | None = None,
        n_jobs: int | None = None,
        cpus: int | None = None,
        gpus: float = 0,
        memory: float | None = None,
        timeout_minutes: float | None = None,
        fresh_workers: bool = False,
        dashboard: bool = False,
    ) -> None:
        """Take the settings in `conf/hydra/launcher/ray.yaml`, where they are explained."""
        self._address, self._dashboard = address, dashboard
        self._n_jobs, self._cpus, self._gpus, self._memory = n_jobs, cpus, gpus, memory
        self._timeout_minutes, self._fresh = timeout_minutes, fresh_workers
        self._observer: Observer | None = None
        self._points: Sequence[Settings] = ()
        self._actors: Actors | None = None
        self._room = (0, -_LOOK_SECONDS)

    def setup(
        self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig
    ) -> None:
        """Store what Hydra hands over.

        Raises:
            Refused: Ray is not installed.
        """
        if importlib.util.find_spec("ray") is None:
            raise Refused(_MISSING)
        self._context, self._task, self._config = hydra_context, task_function, config
        cpus = self._cpus or threads_of(config)
        memory = None if self._memory is None else self._memory * 1e9
        self._need = Need(cpus, self._gpus, memory)
        least = max(cpus * (self._n_jobs or 1), int(joblib.cpu_count()))
        self._cluster = Cluster(self._address, least, self._dashboard)

    def n_jobs(self) -> int:
        """Return how many jobs run at once: with machines that come and go it changes."""
        if self._n_jobs is not None:
            return self._n_jobs
        number, looked = self._room
        if time.monotonic() - looked >= _LOOK_SECONDS:
            self._cluster.connect(self._points)
            number = max(1, self._cluster.room(self._need.share))
            self._room = number, time.monotonic()
        return number

    def can_stop(self) -> bool:
        """Return True."""
        return True

    def preload(self, points: Sequence[Settings]) -> None:
        """Connect to a cluster that is there already: the sweep ends now if that cannot be done."""
        self._points = points
        if not self._cluster.is_here:
            self._cluster.connect(points)

    def watch(self, observer: Observer) -> None:
        """Report the launches that follow to this observer."""
        self._observer = observer

    def launch(
        self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int
    ) -> Sequence[JobReturn]:
        """Run the jobs; see the protocol for the arguments and the result."""
        prepare(self._config)
        self._cluster.connect(self._points)
        self._cluster.require_room(self._need.share)
        self._actors = self._actors or self._new_actors()
        return launch(self._actors, self.n_jobs, job_overrides, initial_job_idx, self._observer)

    def detached(self) -> bool:
        """Return True: a machine may be cut off from the others, and go on."""
        return True

    def runs_elsewhere(self) -> bool:
        """Return whether the cluster has another machine."""
        return not self._cluster.is_here and self._cluster.has_others()

    def close(self) -> None:
        """Disconnect from the cluster; one that was started here ends."""
        self._actors = None
        self._cluster.close()

    def _new_actors(self) -> "Actors":
        # Not before: Ray is imported here, which takes a while, and is an extra.
        from runner.sweep.launchers.ray.actors import Actors
        from runner.sweep.launchers.ray.call import start_actor
        from runner.sweep.launchers.ray.shipment import shipments

        sender = self._cluster.sender()
        files = shipments(() if self._cluster.is_here else self._points)
        context = LaunchContext(self._context, self._task, self._config, {})
        return Actors(
            lambda: start_actor(self._need.share, sender, self._fresh, files),
            partial(portable_job, context, context.composition()),
            self._timeout_minutes,
            self._need.note,
        )
