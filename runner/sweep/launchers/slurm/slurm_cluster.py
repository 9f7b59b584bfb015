"""Hand jobs over to Slurm, and ask it how they go."""

import io
import math
import os
import platform
import shutil
import subprocess
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr
from pathlib import Path
from typing import Any

from runner.errors import Refused
from runner.sweep.launchers.slurm import slurm_commands
from runner.sweep.launchers.slurm.cluster import Silent
from runner.sweep.launchers.slurm.options import Options
from runner.sweep.launchers.slurm.state import JobState
from runner.sweep.launchers.slurm.task import Task

# What a job knows of itself, which jobs that it submits must not take for their own.
_OF_A_JOB = ("SLURM_", "SLURMD_", "SRUN_", "SUBMITIT_")
_OF_THE_CLUSTER = {"SLURM_CONF", "SLURM_CONF_SERVER", "SLURM_JWT", "SLURM_CLUSTERS"}
# What Slurm takes unless its administrator has changed that.
_MOST = 1000
# Reasons for which Slurm takes a job nevertheless, and lets it wait.
_PASSING = ("not available (down", "inactive or drain", "Unable to contact", "timed out")


class SlurmCluster:
    """The cluster that this machine submits to."""

    name = "slurm"

    def __init__(self, options: Options) -> None:
        """Take what each job is to be given."""
        self._options, self._most = options, 0

    def require(self) -> None:
        """Require that there is a Slurm here, which would take such jobs.

        Raises:
            Refused: there is none, or it would not.
        """
        missing = [each for each in ("sbatch", "squeue", "scancel") if not shutil.which(each)]
        if missing:
            raise Refused(
                f"hydra/launcher=slurm: this machine has no {missing[0]}; type the command on a "
                "login node of the cluster"
            )
        with _outside_of_jobs():
            executor = self._executor(Path.cwd(), "runner")
            script = executor._make_submission_file_text("true", "")
            tried = subprocess.run(
                ["sbatch", "--test-only"],
                input=script,
                capture_output=True,
                text=True,
                encoding="utf-8",
                check=False,
            )
        if tried.returncode and not any(each in tried.stderr for each in _PASSING):
            raise self._refusal(tried.stderr)

    def has_others(self) -> bool:
        """Return whether jobs may run on another machine than this one, as far as is known."""
        here = {"localhost", platform.node(), platform.node().partition(".")[0]}
        try:
            return not slurm_commands.machines(self._options.partition) <= here
        except Silent:
            return True

    def most_at_once(self) -> int:
        """Return how many jobs an array may have."""
        try:
            self._most = self._most or slurm_commands.largest_array()
        except Silent:
            return _MOST
        return self._most

    def submit(self, tasks: Sequence[Task], folder: Path, name: str) -> list[str]:
        """Submit jobs, several as an array, and return their ids.

        Raises:
            Refused: Slurm does not take them.
        """
        from submitit.core.utils import FailedJobError, FailedSubmissionError

        # submitit prints there what it raises too.
        with _outside_of_jobs(), redirect_stderr(io.StringIO()):
            try:
                jobs = self._executor(folder, name).submit_array(tasks)
            except (FailedJobError, FailedSubmissionError) as error:
                raise self._refusal(str(error)) from None
        return [job.job_id for job in jobs]

    def find(self, name: str) -> list[str]:
        """Return the ids of jobs that were submitted by this name."""
        return slurm_commands.named(name)

    def states(self, job_ids: Collection[str]) -> Mapping[str, JobState]:
        """Return how jobs go; where the controller has forgotten them, how they went."""
        found = slurm_commands.queue(job_ids)
        forgotten = [job_id for job_id in job_ids if job_id not in found]
        return {**(slurm_commands.accounts(forgotten) if forgotten else {}), **found}

    def cancel(self, job_ids: Collection[str]) -> None:
        """End jobs."""
        slurm_commands.cancel(job_ids)

    def withdraw(self, job_ids: Collection[str]) -> None:
        """End those jobs that wait."""
        slurm_commands.cancel(job_ids, "--state=PENDING")

    def _executor(self, folder: Path, name: str) -> Any:
        from submitit import SlurmExecutor

        options = self._options
        executor = SlurmExecutor(folder=folder)
        executor.update_parameters(
            job_name=name,
            partition=options.partition,
            time=options.time_minutes,
            cpus_per_task=options.cpus,
            gpus_per_node=options.gpus or None,
            mem=None if options.memory is None else f"{math.ceil(options.memory * 1e9 / 2**20)}M",
            setup=list(options.setup) or None,
            array_parallelism=options.array_parallelism,
            # Since Slurm 22.05 a step does not take them over from its job.
            srun_args=[f"--cpus-per-task={options.cpus}"],
            stderr_to_stdout=True,
            # Not submitit's own, which clusters refuse that check such keys.
            wckey=None,
            additional_parameters={"requeue": True, **options.extra},
        )
        return executor

    def _refusal(self, text: str) -> Refused:
        """Name the setting that Slurm's text is about."""
        options = self._options
        about = {
            "partition": f"hydra.launcher.partition={options.partition}",
            "time limit": f"hydra.launcher.time_minutes={options.time_minutes}",
            "emory": f"hydra.launcher.memory={options.memory}",
            "(gres)": f"hydra.launcher.gpus={options.gpus}",
            "node configuration": f"hydra.launcher.cpus={options.cpus}, gpus={options.gpus}, "
            f"memory={options.memory}",
        }
        line = (text.strip().splitlines() or ["no reason given"])[0]
        line = line.removeprefix("sbatch: ").removeprefix("error: ")
        extra = f"hydra.launcher.extra={dict(options.extra)}" if options.extra else "hydra.launcher"
        named = next((name for word, name in about.items() if word in line), extra)
        return Refused(f"{named}: must be what this cluster takes (sbatch: {line})")


@contextmanager
def _outside_of_jobs() -> Iterator[None]:
    """Hide, while the block runs, what the environment says of a job that this process is in."""
    hidden = {
        name: os.environ.pop(name)
        for name in list(os.environ)
        if name.startswith(_OF_A_JOB) and name not in _OF_THE_CLUSTER
    }
    try:
        yield
    finally:
        os.environ.update(hidden)
