"""Run the jobs of a sweep on a cluster of Slurm's."""

import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import hydra.plugins.launcher
from hydra.core.singleton import Singleton
from hydra.core.utils import JobReturn
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig

from runner.errors import Refused
from runner.settings import Settings
from runner.sweep.launchers.application import threads_of
from runner.sweep.launchers.job import LaunchContext
from runner.sweep.launchers.launch import launch, prepare
from runner.sweep.launchers.protocol import Observer
from runner.sweep.launchers.slurm.cluster import Cluster
from runner.sweep.launchers.slurm.earlier import Earlier
from runner.sweep.launchers.slurm.local_cluster import LocalCluster
from runner.sweep.launchers.slurm.options import Options
from runner.sweep.launchers.slurm.pool import SlurmPool
from runner.sweep.launchers.slurm.slurm_cluster import SlurmCluster
from runner.sweep.launchers.slurm.submission import Submission
from runner.sweep.launchers.start_log import StartLog


class SlurmLauncher(hydra.plugins.launcher.Launcher):
    """Submit jobs, the first ones together as an array, and wait for them."""

    def __init__(  # noqa: PLR0913
        self,
        *,
        cluster: str,
        partition: str | None,
        time_minutes: int | None,
        cpus: int | None,
        gpus: int,
        memory: float | None,
        setup: Sequence[str] | None,
        array_parallelism: int,
        max_submitted: int | None,
        folder: str | None,
        extra: Mapping[str, str | int | float | bool] | None,
    ) -> None:
        """Take the settings in `conf/hydra/launcher/slurm.yaml`."""
        self._name, self._folder, self._most = cluster, folder, max_submitted
        self._cpus, self._parallelism = cpus, array_parallelism
        self._options = Options(
            partition=partition,
            time_minutes=time_minutes,
            cpus=cpus or 1,
            gpus=gpus,
            memory=memory,
            setup=tuple(setup or ()),
            array_parallelism=array_parallelism,
            extra=dict(extra or {}),
        )
        self._observer: Observer | None = None
        self._looked = self._leaves_jobs = False

    def setup(
        self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig
    ) -> None:
        """Store what Hydra hands over, and look whether such jobs can be submitted from here.

        Raises:
            Refused: they cannot.
        """
        if importlib.util.find_spec("submitit") is None:
            raise Refused(
                "hydra/launcher=slurm: needs the package submitit; this installs it: "
                "python -m pip install 'pruning-sweep-runner[slurm]'"
            )
        self._context, self._task, self._config = hydra_context, task_function, config
        if self._cpus is None:
            self._options = replace(self._options, cpus=threads_of(config))
        local = self._name == "local"
        self._cluster: Cluster = (LocalCluster if local else SlurmCluster)(self._options)
        self._cluster.require()
        self._earlier = Earlier(self._cluster)

    def n_jobs(self) -> int:
        """Return how many jobs run at once, as far as the cluster lets them."""
        return self._parallelism

    def can_stop(self) -> bool:
        """Return True."""
        return True

    def preload(self, points: Sequence[Settings]) -> None:
        """Load nothing: each job's process imports what it needs."""

    def watch(self, observer: Observer) -> None:
        """Report the launches that follow to this observer."""
        self._observer, self._looked = observer, False

    def detached(self) -> bool:
        """Return True."""
        return True

    def goes_on(self, overrides: Sequence[str]) -> bool:
        """Return whether a job of an earlier process, with these overrides, goes on."""
        if self._observer and not self._looked:
            self._earlier.look(self._observer)
            self._looked = True
        return self._earlier.goes_on(overrides)

    def runs_elsewhere(self) -> bool:
        """Return whether the cluster has another machine."""
        return self._cluster.has_others()

    def finds_jobs(self) -> bool:
        """Return True."""
        return True

    def leaves_jobs(self) -> bool:
        """Return whether jobs of the last launch go on without this process."""
        return self._leaves_jobs

    def close(self) -> None:
        """End nothing: jobs are the cluster's."""

    def launch(
        self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int
    ) -> Sequence[JobReturn]:
        """Run the jobs; see the protocol for the arguments and the result."""
        prepare(self._config)
        observer = self._observer or StartLog(job_overrides, initial_job_idx)
        self._earlier.look(observer)
        context = LaunchContext(self._context, self._task, self._config, Singleton.get_state())
        folder = Path(self._folder or Path(str(self._config.hydra.sweep.dir)) / "slurm")
        submission = Submission(self._cluster, self._options, context, folder, observer)
        pool = SlurmPool(self._cluster, self._options, submission, self._earlier, observer)
        room = _Room(pool, self._most_submitted(len(job_overrides)), self._parallelism)
        try:
            return launch(pool, room.jobs, job_overrides, initial_job_idx, self._observer)
        finally:
            self._leaves_jobs = pool.left

    def _most_submitted(self, jobs: int) -> int:
        """Return how many jobs may wait or run at once; a search is asked for no more than run."""
        most = self._most or max(self._cluster.most_at_once(), self._parallelism)
        return min(most, max(jobs, self._parallelism))


class _Room:
    """How many jobs may be submitted: many at once after few are left, for the sake of arrays."""

    def __init__(self, pool: SlurmPool, most: int, few: int) -> None:
        self._pool, self._most, self._few = pool, most, few
        self._fills = True

    def jobs(self) -> int:
        """Return as many as may be submitted from now on, those included that are."""
        number = self._pool.number
        self._fills = number <= self._few or (self._fills and number < self._most)
        return self._most if self._fills else number
