"""Keep people from settings that the runner itself fills in: they say what other processes do."""

import os
from collections.abc import Iterable

from runner.errors import Refused
from runner.settings.overrides import shown
from runner.settings.sweep import SweepSettings

# The variable by which a night tells its sweeps that it is the one that gives sweep.night.
NIGHT = "RUNNER_NIGHT"

_OF_JOBS = sorted(SweepSettings.of_some_choices - {"night"})


def require_untyped(arguments: Iterable[str]) -> None:
    """Refuse arguments that name such a setting, whatever sweeper it is for.

    Raises:
        Refused: names the first one.
    """
    for argument in arguments:
        key, _, value = argument.partition("=")
        group, _, name = key.strip().lstrip("+~").partition(".")
        if group == "sweep" and (name in _OF_JOBS or (name == "night" and not _is_tonight(value))):
            raise _refusal(argument)


def require_left_out(sweep: SweepSettings, in_sweep: bool = False) -> None:
    """Refuse values of such settings that no job of a sweep has: a file may hold them.

    Args:
        in_sweep: whether it is a sweep, which may have a name.

    Raises:
        Refused: names the first one.
    """
    if sweep.name is not None and not in_sweep:
        accepted = "this is a single point, which has none; leave it out, or add -m"
        raise Refused(f"sweep.name={shown(sweep.name)}: must name a sweep, and {accepted}")
    for name in (*_OF_JOBS, "night"):
        value = getattr(sweep, name)
        known = value == SweepSettings.model_fields[name].default
        if not known and not (name == "night" and _is_tonight(value)):
            raise _refusal(f"sweep.{name}={shown(value)}")


def _is_tonight(night: str) -> bool:
    return night == os.environ.get(NIGHT)


def _refusal(typed: str) -> Refused:
    return Refused(f"{typed}: is filled in by the runner itself; leave it out")
