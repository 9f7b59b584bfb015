"""Describe the settings of the launcher that submits points to Slurm."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from runner.settings.base import Group, impossible
from runner.settings.fields import Count, OptionalCount, Repeats
from runner.settings.hydra_groups import OptionalGigabytes

# Options of sbatch that the launcher gives itself, and the setting for each.
_SET = {
    "partition": "hydra.launcher.partition",
    "time": "hydra.launcher.time_minutes",
    "cpus-per-task": "hydra.launcher.cpus",
    "gpus-per-node": "hydra.launcher.gpus",
    "mem": "hydra.launcher.memory",
}
_NEEDED = {"array", "job-name", "output", "error", "open-mode", "signal", "ntasks", "nodes", "wrap"}


def _options(value: object) -> object:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise ValueError("no group of options")
    for name, given in value.items():
        option = str(name).replace("_", "-")
        if not isinstance(name, str) or not option.replace("-", "").isalnum() or "--" in option:
            raise ValueError(f"{name} is no name of an option")
        if not isinstance(given, str | int | float):
            raise ValueError(f"{name} has no plain value")
        setting = f"hydra.launcher.extra.{name}"
        if option in _SET:
            raise impossible(setting, given, f"given as {_SET[option]}")
        if option in _NEEDED:
            raise impossible(setting, given, "left out: the runner itself fills it in")
    return dict(value)


OptionalText = Annotated[
    str | None, Field(strict=True, min_length=1, description="a name, or null")
]
OptionalPath = Annotated[
    str | None, Field(strict=True, min_length=1, description="a folder, or null")
]
ShellCommands = Annotated[
    tuple[str, ...] | None,
    Field(description="a list of commands, as in ['module load cuda']"),
]
Options = Annotated[
    Any,
    BeforeValidator(_options),
    Field(description="options of sbatch by name, as in {account: lab, exclusive: true}"),
]
ClusterName = Annotated[Literal["slurm", "local"], Field(description="slurm or local")]


class SlurmLauncherSettings(Group):
    """Where points run on a cluster of Slurm's, and what each of them is given there."""

    cluster: ClusterName = "slurm"
    partition: OptionalText = None
    time_minutes: OptionalCount = None
    cpus: OptionalCount = None
    gpus: Repeats = 0
    memory: OptionalGigabytes = None
    setup: ShellCommands = ()
    array_parallelism: Count = 16
    max_submitted: OptionalCount = None
    folder: OptionalPath = None
    extra: Options = Field(default_factory=dict)
