"""Hold what Slurm is asked to give each job."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """The settings in `conf/hydra/launcher/slurm.yaml` that are Slurm's.

    Attributes:
        partition: where jobs run; None: where the cluster runs what names none.
        time_minutes: when a job is ended; None: when the cluster ends such jobs.
        cpus: of each job.
        gpus: of each job.
        memory: GB of each job; None: what the cluster gives.
        setup: commands of the shell before each job.
        array_parallelism: how many jobs run at once.
        extra: further options of sbatch, by name; True for one without a value.
    """

    partition: str | None
    time_minutes: int | None
    cpus: int
    gpus: int
    memory: float | None
    setup: Sequence[str]
    array_parallelism: int
    extra: Mapping[str, str | int | float | bool]
