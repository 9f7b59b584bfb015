"""Read and check the settings of the nights from a file like conf/nightly.yaml."""

import shlex
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from runner.errors import Refused
from runner.files.regular_file import UnfitFile, read_text
from runner.settings.fields import Count, Folder, NightsName, Rate, Seed, StoreAddress
from runner.settings.load import refusal
from runner.settings.paths import CONF
from runner.settings.typed_address import masked_argument, require_no_secret_beside

DEFAULT = CONF / "nightly.yaml"


def _check_distinct(sweeps: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(sweeps)) != len(sweeps):
        raise ValueError("a sweep stands twice")
    return sweeps


def _check_quotes(command: str) -> str:
    # A text with an open quotation mark is no command line.
    shlex.split(command)
    return command


def _mask_address(command: str) -> str:
    # It names the sweep in records, pages and logs; the sweep takes the address from the night's.
    for argument in shlex.split(command):
        require_no_secret_beside(argument)
    typed = [masked_argument(argument) for argument in shlex.split(command)]
    secret = any(addresses for _, addresses in typed)
    return shlex.join(shown for shown, _ in typed) if secret else command


Command = Annotated[
    str,
    Field(strict=True, min_length=1),
    AfterValidator(_check_quotes),
    AfterValidator(_mask_address),
]
Sweeps = Annotated[
    tuple[Command, ...],
    AfterValidator(_check_distinct),
    Field(
        min_length=1,
        description="a list, without repeats, of command lines, as in [+sweep=nightly]",
    ),
]
OptionalSeed = Annotated[
    Seed | None, Field(description="a whole number from 0 to 2^32 - 1, or null")
]
Growth = Annotated[
    float, Field(strict=True, ge=0, allow_inf_nan=False, description="a share of at least 0")
]
OptionalCommand = Annotated[
    str | None, Field(strict=True, min_length=1, description="a shell command, or null")
]


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ToleranceSettings(_Group):
    """Changes that are no alarm, whatever the noise, as shares."""

    accuracy: Growth
    size: Growth
    zipped_size: Growth
    time: Growth


class NightlySettings(_Group):
    """The settings of the nights, as described in conf/nightly.yaml."""

    sweeps: Sweeps
    experiment: NightsName
    uri: StoreAddress
    folder: Folder
    budget_hours: Rate
    resume_hours: Rate
    seed: OptionalSeed
    good_nights: Count
    tolerance: ToleranceSettings
    keep_nights: Count
    on_bad: OptionalCommand
    on_good: OptionalCommand
    heartbeat: Folder | None


def read(path: Path = DEFAULT) -> NightlySettings:
    """Read and check a file; what it leaves out is as in conf/nightly.yaml.

    Raises:
        Refused: the file cannot be read, or holds what is not accepted.
    """
    try:
        given = yaml.safe_load(read_text(path)) or {}
        defaults = yaml.safe_load(DEFAULT.read_text(encoding="utf-8"))
    except UnfitFile as reason:
        raise Refused(f"--config={path}: {reason}") from None
    except OSError as error:
        raise Refused(f"--config={path}: must be a file to read ({error.strerror})") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Refused(f"--config={path}: must be YAML ({' '.join(str(error).split())})") from None
    if not isinstance(given, dict):
        raise Refused(f"--config={path}: must hold settings, as conf/nightly.yaml does")
    if isinstance(given.get("tolerance"), dict):
        given["tolerance"] = {**defaults["tolerance"], **given["tolerance"]}
    try:
        return NightlySettings.model_validate({**defaults, **given})
    except ValidationError as error:
        raise Refused(f"{path}: {refusal(error, NightlySettings)}") from None
    except Refused as refused:
        raise Refused(f"{path}: {refused}") from None
