"""Define what jobs are handed over to: Slurm, or processes of this machine in its place."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from runner.errors import RunnerError
from runner.sweep.launchers.slurm.state import JobState
from runner.sweep.launchers.slurm.task import Task


class Silent(RunnerError):
    """The cluster does not answer now; it may do so later."""


class Cluster(Protocol):
    """What runs jobs, and tells of them by their ids."""

    name: str

    def require(self) -> None:
        """Require that such jobs can be submitted from here.

        Raises:
            Refused: they cannot.
        """

    def has_others(self) -> bool:
        """Return whether jobs may run on another machine than this one."""

    def most_at_once(self) -> int:
        """Return how many jobs it takes in one submission."""

    def submit(self, tasks: Sequence[Task], folder: Path, name: str) -> list[str]:
        """Submit jobs together, and return their ids.

        Args:
            folder: all machines see it; what is submitted, printed and returned lies there.
            name: the jobs can be found by it.

        Raises:
            Refused: the cluster does not take such jobs.
        """

    def find(self, name: str) -> list[str]:
        """Return the ids of jobs that were submitted by this name, in their order.

        Raises:
            Silent: the cluster does not answer.
        """

    def states(self, job_ids: Collection[str]) -> Mapping[str, JobState]:
        """Return how jobs go; those are left out of which nothing is known any more.

        Raises:
            Silent: the cluster does not answer.
        """

    def withdraw(self, job_ids: Collection[str]) -> None:
        """End those of these jobs that wait.

        Raises:
            Silent: the cluster does not answer.
        """

    def cancel(self, job_ids: Collection[str]) -> None:
        """End jobs, whether they wait or run.

        Raises:
            Silent: the cluster does not answer.
        """
