"""Run jobs as processes of this machine, as submitit does it, to try things without a cluster."""

import signal
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from runner.sweep.launchers.slurm.options import Options
from runner.sweep.launchers.slurm.state import JobState
from runner.sweep.launchers.slurm.task import Task

# In submitit, where no limit is not to be had.
_YEAR = 365 * 24 * 60
_CONTROLLER = "submitit.local._local"


class LocalCluster:
    """This machine; all jobs of a submission start at once."""

    name = "local"

    def __init__(self, options: Options) -> None:
        """Take what each job is to be given: of it all, the time and the setup count."""
        self._options = options

    def require(self) -> None:
        """Require nothing."""

    def has_others(self) -> bool:
        """Return False."""
        return False

    def most_at_once(self) -> int:
        """Return how many processes may run at once: nothing else holds them back."""
        return self._options.array_parallelism

    def submit(self, tasks: Sequence[Task], folder: Path, name: str) -> list[str]:  # noqa: ARG002
        """Start a process for each job, and return their numbers."""
        from submitit import LocalExecutor

        executor = LocalExecutor(folder=folder)
        minutes = self._options.time_minutes or _YEAR
        executor.update_parameters(
            timeout_min=minutes, setup=list(self._options.setup), stderr_to_stdout=True
        )
        return [job.job_id for job in executor.submit_array(tasks)]

    def find(self, name: str) -> list[str]:  # noqa: ARG002
        """Return nothing: processes have no names."""
        return []

    def states(self, job_ids: Collection[str]) -> Mapping[str, JobState]:
        """Return which processes run; one that went well has left its result when it ends."""
        return {
            job_id: JobState("RUNNING" if _controller(job_id) else "FAILED") for job_id in job_ids
        }

    def withdraw(self, job_ids: Collection[str]) -> None:
        """Do nothing: no process waits."""

    def cancel(self, job_ids: Collection[str]) -> None:
        """Interrupt the processes."""
        for job_id in job_ids:
            process = _controller(job_id)
            if process:
                with suppress(psutil.NoSuchProcess):
                    process.send_signal(signal.SIGINT)


def _controller(job_id: str) -> psutil.Process | None:
    """Return the process of a job; None where it has ended."""
    with suppress(psutil.Error):
        process = psutil.Process(int(job_id))
        running = process.status() != psutil.STATUS_ZOMBIE
        return process if running and _CONTROLLER in process.cmdline() else None
    return None
