"""Define the types of single settings, each with what it accepts.

The description of a type ends the line that refuses another value.
"""

import shlex
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from hydra.utils import to_absolute_path
from pydantic import AfterValidator, BeforeValidator, Field

from runner.errors import Refused
from runner.settings import byte_count, experiment_name
from runner.settings.byte_count import read_bytes
from runner.settings.data_address import path_or_address
from runner.settings.devices import Device
from runner.settings.frozen_numbers import FrozenNumbers
from runner.settings.store_uri import ACCEPTED, resolve
from runner.settings.targets import Target

_Member = TypeVar("_Member")


def _distinct(values: tuple[_Member, ...]) -> tuple[_Member, ...]:
    if len(set(values)) != len(values):
        raise ValueError("one of them stands twice")
    return values


def _fewer_of_more(pair: tuple[int, int] | None) -> tuple[int, int] | None:
    if pair and pair[0] >= pair[1]:
        raise ValueError("all of them would be zero")
    return pair


def _no_quantized_sparse_file(targets: object) -> object:
    """Refuse by its reason what people ask for first.

    Raises:
        Refused: LiteRT's XNNPACK delegate does not load files that are both.
    """
    for target in targets if isinstance(targets, list) else ():
        if str(target).endswith("_sparse") and target not in tuple(Target):
            raise Refused(
                f"export.targets={target}: LiteRT cannot run sparse encoding together with "
                f"quantization; take {Target.TFLITE_FLOAT32_SPARSE}, or a quantized file zipped"
            )
    return targets


def _measuring(command: str) -> str:
    """Require what a shell would split, with a place for the file."""
    if not any("{file}" in word for word in shlex.split(command)):
        raise ValueError("it has no {file}")
    return command


_Place = TypeVar("_Place", Path, Path | None, Path | str | None)


def _absolute(path: _Place) -> _Place:
    if not isinstance(path, Path):
        return path
    if "\0" in str(path):
        raise ValueError("no system has such a path")
    try:
        return Path(to_absolute_path(str(path.expanduser())))
    except RuntimeError as error:
        # As in ~someone/data, where there is no such user.
        raise ValueError(str(error)) from None


Count = Annotated[int, Field(strict=True, ge=1, description="a whole number of at least 1")]
OptionalCount = Annotated[
    int | None, Field(strict=True, ge=1, description="a whole number of at least 1, or null")
]
Repeats = Annotated[int, Field(strict=True, ge=0, description="a whole number of at least 0")]
# TFMOT keeps zeros with at least 3, and int8 has no more than 256.
Clusters = Annotated[
    int, Field(strict=True, ge=3, le=256, description="a whole number from 3 to 256")
]
Seed = Annotated[
    int, Field(strict=True, ge=0, lt=2**32, description="a whole number from 0 to 2^32 - 1")
]
Sparsity = Annotated[
    float, Field(strict=True, ge=0, lt=1, description="a number from 0 up to, but below, 1")
]
Share = Annotated[
    float, Field(strict=True, gt=0, lt=1, description="a share between 0 and 1, both excluded")
]
OptionalShare = Annotated[
    float | None,
    Field(strict=True, gt=0, lt=1, description="a share between 0 and 1, both excluded"),
]
Begin = Annotated[
    float, Field(strict=True, ge=0, lt=1, description="a share from 0 up to, but below, 1")
]
End = Annotated[float, Field(strict=True, gt=0, le=1, description="a share above 0, at most 1")]
Drop = Annotated[float, Field(strict=True, ge=0, le=1, description="a share from 0 to 1")]
OptionalConfidence = Annotated[
    float | None,
    Field(strict=True, ge=0.5, lt=1, description="a share of at least 0.5 and below 1, or null"),
]
Rate = Annotated[
    float, Field(strict=True, gt=0, allow_inf_nan=False, description="a positive number")
]
OptionalRate = Annotated[
    float | None,
    Field(strict=True, gt=0, allow_inf_nan=False, description="a positive number, or null"),
]
Momentum = Annotated[
    float, Field(strict=True, ge=0, lt=1, description="a number from 0 up to, but below, 1")
]
Decay = Annotated[float, Field(strict=True, gt=0, le=1, description="a number above 0, at most 1")]
NumberOfEpochs = Annotated[
    float,
    Field(strict=True, ge=0, allow_inf_nan=False, description="a number of epochs, at least 0"),
]
OptionalBytes = Annotated[
    Annotated[int, Field(strict=True, ge=1)] | None,
    BeforeValidator(read_bytes),
    Field(description=f"{byte_count.ACCEPTED}, or null"),
]
_JOBS = Field(description="point, baseline or baseline_files")
Job = Annotated[Literal["point", "baseline", "baseline_files"], _JOBS]
Strategy = Annotated[Literal["grid", "adaptive"], Field(description="grid or adaptive")]
Goal = Annotated[Literal["smallest", "front"], Field(description="smallest or front")]
Flag = Annotated[bool, Field(strict=True, description="true or false")]
Name = Annotated[str, Field(strict=True, min_length=1, description="a name")]
ExperimentName = Annotated[Name, BeforeValidator(experiment_name.resolve)]
NightsName = Annotated[Name, BeforeValidator(experiment_name.resolve_nights)]
Names = Annotated[tuple[Name, ...], Field(description="a list of names")]
OwnLimits = Annotated[
    dict[Name, Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]],
    AfterValidator(FrozenNumbers),
    Field(description="numbers by the names that measure.command prints, as in {ms: 12.5}"),
]
# Of the weights of a dense layer: inputs and outputs.
Block = Annotated[tuple[Count, Count], Field(description="two whole numbers, as in [1,4]")]
MByN = Annotated[
    tuple[Count, Count] | None,
    AfterValidator(_fewer_of_more),
    Field(description="two whole numbers, the first one smaller, as in [2,4], or null"),
]
# Pixels of which a mean above 1 is taken off go from 0 to 255.
ChannelNumbers = Annotated[
    tuple[Annotated[float, Field(strict=True, ge=0, le=1)], ...] | None,
    Field(min_length=1, description="a list of numbers from 0 to 1, of pixels from 0 to 1"),
]
ChannelDeviations = Annotated[
    tuple[Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)], ...] | None,
    Field(min_length=1, description="a list of positive numbers, of pixels from 0 to 1"),
]
OptionalSize = Annotated[
    tuple[Count, Count] | None,
    Field(description="height and width in pixels, as in [32,32]"),
]
Folder = Annotated[Path, AfterValidator(_absolute), Field(description="a folder's path")]
# An environment variable that is set to nothing arrives as an empty text.
OptionalFolder = Annotated[
    Path | None,
    BeforeValidator(lambda value: value or None),
    AfterValidator(_absolute),
    Field(description="a folder's path, or null"),
]
OptionalText = Annotated[str | None, Field(strict=True, min_length=1, description="a name")]
OptionalCommand = Annotated[
    Annotated[str, Field(strict=True), AfterValidator(_measuring)] | None,
    Field(description="a command, quoted as in a shell, with {file} for a file's path, or null"),
]
FileOrAddress = Annotated[
    str | Path | None,
    AfterValidator(path_or_address),
    AfterValidator(_absolute),
    Field(description="a path, or an address such as s3://BUCKET/FILE.npz"),
]
OptionalFile = Annotated[Path | None, AfterValidator(_absolute), Field(description="a path")]
Targets = Annotated[
    tuple[Target, ...],
    BeforeValidator(_no_quantized_sparse_file),
    AfterValidator(_distinct),
    Field(min_length=1, description=f"a list, without repeats, of {', '.join(Target)}"),
]
_DEVICES = (
    "a list in brackets, as in devices=[phone,microcontroller], without repeats, of "
    f"{', '.join(Device)}"
)
Devices = Annotated[
    tuple[Device, ...],
    AfterValidator(_distinct),
    Field(description=_DEVICES),
]
StoreAddress = Annotated[
    str,
    BeforeValidator(resolve),
    Field(description=ACCEPTED),
]
