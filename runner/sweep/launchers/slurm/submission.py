"""Submit jobs that wait for it, together where the cluster takes them so."""

import logging
from dataclasses import dataclass, field
from pathlib import Path

from runner.errors import Refused
from runner.process.signals import delayed_stop
from runner.sweep.launchers.composition import JobComposition
from runner.sweep.launchers.job import Job, LaunchContext
from runner.sweep.launchers.protocol import Observer
from runner.sweep.launchers.slurm.batch import Batch
from runner.sweep.launchers.slurm.cluster import Cluster
from runner.sweep.launchers.slurm.earlier import key_of, note_of
from runner.sweep.launchers.slurm.options import Options
from runner.sweep.launchers.slurm.task import Task
from runner.sweep.launchers.slurm.watched_job import WatchedJob

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Waiting:
    """A job that is to be submitted: its place in the launch, Hydra's overrides and number."""

    job: int
    overrides: tuple[str, ...]
    number: int


@dataclass
class Submission:
    """What hands jobs over.

    Attributes:
        root: the folder, which all machines see, in which batches have theirs.
    """

    cluster: Cluster
    options: Options
    context: LaunchContext
    root: Path
    observer: Observer
    _composition: JobComposition = field(init=False)

    def __post_init__(self) -> None:
        """Prepare what composes the jobs."""
        self._composition = self.context.composition()

    def submit(self, waiting: list[Waiting], others: bool) -> dict[int, WatchedJob]:
        """Submit jobs, and remove them from those that wait.

        Where the cluster takes fewer at a time from one user, the rest goes on waiting.

        Args:
            others: whether jobs go on, after whose end more may be taken.

        Raises:
            Refused: the cluster does not take such jobs.
        """
        submitted: dict[int, WatchedJob] = {}
        size = self.cluster.most_at_once()
        while waiting:
            portion = waiting[:size]
            try:
                submitted |= self._submit(portion)
            except Refused as refusal:
                size = len(portion) // 2
                if "imit" not in str(refusal) or not (size or others or submitted):
                    raise
                if not size:
                    break
            else:
                del waiting[: len(portion)]
        return submitted

    def _submit(self, portion: list[Waiting]) -> dict[int, WatchedJob]:
        keys = [key_of(each.overrides) for each in portion]
        batch = Batch.begin(self.root, self.cluster.name, keys)
        tasks = [
            Task.of(
                self.context,
                Job.composed(self.context, self._composition, each.overrides, each.number),
                batch.messages(index),
            )
            for index, each in enumerate(portion)
        ]
        # First of all: a job that nobody knew of would be run a second time.
        self.observer.remember(batch.token, note_of(batch))
        with delayed_stop():
            try:
                ids = self.cluster.submit(tasks, Path(batch.folder), batch.token)
            except Refused:
                self.observer.remember(batch.token, "")
                raise
            batch = batch.submitted(ids)
        self.observer.remember(batch.token, note_of(batch))
        return {
            each.job: WatchedJob(each.overrides, batch, index, self.options)
            for index, each in enumerate(portion)
        }
