"""Define what a sweep asks of a launcher, and what a launcher reports to it."""

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from hydra.core.utils import JobReturn

from runner.settings import Settings
from runner.sweep.launchers.messages import EpochEnded


class Observer(Protocol):
    """What follows a launch; its jobs are numbered from 0."""

    def wants_more(self) -> bool:
        """Return whether another job should be started now."""

    def further(self) -> Sequence[str] | None:
        """Return the overrides of one more job to start now; None: none, or none for now."""

    def started(self, job: int, machine: str) -> None:
        """Note that a job was started, on the machine of this name; empty: on this one."""

    def lost(self, job: int, reason: str) -> JobReturn | None:
        """Note that a job's machine was lost; the job runs again elsewhere.

        Returns:
            How the job ended, where it had ended before that; it is not run again then.
        """

    def epoch_ended(self, job: int, epoch: EpochEnded) -> None:
        """Note how many epochs of its present training a job has done."""

    def warned(self, job: int, text: str) -> None:
        """Note a warning that a job logged."""

    def finished(self, job: int, result: JobReturn) -> bool:
        """Note how a job ended, and return whether more jobs should be started."""

    def remember(self, name: str, text: str) -> None:
        """Keep a text for whoever goes on with the sweep; an empty one is forgotten."""

    def earlier(self) -> Mapping[str, str]:
        """Return the texts that are kept, by their names."""

    def holds(self) -> bool:
        """Return whether the sweep is this process's, as far as that is known."""


# Methods only: checking for a property would compute it.
@runtime_checkable
class Launcher(Protocol):
    """What runs the jobs of a sweep."""

    def n_jobs(self) -> int | None:
        """Return how many jobs run at once; None where the launcher does not report on them."""

    def can_stop(self) -> bool:
        """Return whether a launch starts no more jobs once its observer wants no more."""

    def preload(self, points: Sequence[Settings]) -> None:
        """Begin to import and load in the background what these points need."""

    def watch(self, observer: Observer) -> None:
        """Report the launches that follow to this observer."""

    def detached(self) -> bool:
        """Return whether jobs may go on without this process."""

    def goes_on(self, overrides: Sequence[str]) -> bool:
        """Return whether a job of an earlier process, with these overrides, goes on.

        A launch waits for it in place of running it anew.
        """

    def runs_elsewhere(self) -> bool:
        """Return whether some machine that jobs may run on is not this one."""

    def finds_jobs(self) -> bool:
        """Return whether it finds those jobs of an earlier process that go on without it."""

    def leaves_jobs(self) -> bool:
        """Return whether jobs of a launch that was stopped go on without this process."""

    def close(self) -> None:
        """End what is there for all launches; none follows."""

    def launch(
        self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int
    ) -> Sequence[JobReturn]:
        """Run one job for each list of overrides, as `hydra.plugins.launcher.Launcher` does.

        Where the launcher can stop, it asks its observer for further jobs whenever it could run one
        more; these are numbered on.

        Args:
            job_overrides: Hydra overrides of each job.
            initial_job_idx: number that Hydra gives to the first job.

        Returns:
            The results in the order of the jobs, further ones too; a job that was not started has
            status UNKNOWN.
        """
