"""Raw values, group by group, go in; frozen settings that fit together come out."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from runner.refusal import Refused
from runner.settings.fields import (
    Begin,
    Count,
    Drop,
    End,
    Flag,
    Folder,
    LayerNames,
    Name,
    Names,
    OptionalCount,
    OptionalFile,
    OptionalFolder,
    OptionalRate,
    Rate,
    Repeats,
    Seed,
    Share,
    Sparsity,
    StoreAddress,
    Targets,
)


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DatasetSettings(_Group):
    """Which images to learn from, and where they lie."""

    name: Annotated[
        Literal["digits", "mnist", "fashion_mnist", "cifar10", "npz"],
        Field(description="one of digits, mnist, fashion_mnist, cifar10, npz"),
    ]
    validation_share: Share
    folder: OptionalFolder = None
    path: OptionalFile = None

    @model_validator(mode="after")
    def _npz_has_a_path(self) -> Self:
        if self.name == "npz" and self.path is None:
            raise Refused("dataset.path=null: dataset=npz takes the path of an .npz file")
        return self


class ArchitectureSettings(_Group):
    """Which network to build."""

    name: Name


class BaselineSettings(_Group):
    """How the dense model is trained, before any pruning."""

    epochs: Count
    batch_size: Count
    learning_rate: Rate
    shuffle: Flag


class ScheduleSettings(_Group):
    """How sparsity grows while the baseline is fine-tuned; begin and end are shares of it."""

    name: Annotated[
        Literal["polynomial", "constant"], Field(description="one of polynomial, constant")
    ]
    initial_sparsity: Sparsity
    final_sparsity: Sparsity
    epochs: Count
    batch_size: Count
    learning_rate: Rate
    shuffle: Flag
    begin: Begin
    end: End
    dense_layers: LayerNames

    @model_validator(mode="after")
    def _values_fit_together(self) -> Self:
        if self.begin >= self.end:
            raise _impossible("begin", self.begin, f"below schedule.end={self.end}")
        if self.initial_sparsity > self.final_sparsity:
            accepted = f"at most schedule.final_sparsity={self.final_sparsity}"
            raise _impossible("initial_sparsity", self.initial_sparsity, accepted)
        if self.name == "constant" and self.initial_sparsity != self.final_sparsity:
            accepted = f"schedule.final_sparsity={self.final_sparsity} in a constant schedule"
            raise _impossible("initial_sparsity", self.initial_sparsity, accepted)
        return self


class ExportSettings(_Group):
    """Which files to write, and how many training images calibrate the integer one."""

    targets: Targets
    representative_images: Count


class MeasureSettings(_Group):
    """What is measured of a file besides its bytes and its accuracy."""

    latency: Flag


class TrackingSettings(_Group):
    """Where MLflow keeps the runs."""

    uri: StoreAddress
    experiment: Name


class ReportSettings(_Group):
    """How much accuracy a file may lose and still be shipped."""

    max_drop: Drop


class CacheSettings(_Group):
    """Where trained baselines and downloaded data sets are kept for the next run."""

    folder: Folder


class SweepSettings(_Group):
    """How a sweep goes about its points; the last five are written by the runner itself.

    Nothing of this changes what a point comes out as.
    """

    retries: Repeats
    max_failures: OptionalCount
    resume: Flag
    reuse: Flag
    budget_hours: OptionalRate
    first: Names
    night: str | None = None
    run_id: str | None = None
    name: str | None = None
    point: str | None = None
    job: Annotated[Literal["point", "baseline"], Field(description="point or baseline")] = "point"


class Settings(_Group):
    """Everything that one point needs to know."""

    seed: Seed
    threads: Count
    dataset: DatasetSettings
    architecture: ArchitectureSettings
    baseline: BaselineSettings
    schedule: ScheduleSettings
    export: ExportSettings
    measure: MeasureSettings
    tracking: TrackingSettings
    report: ReportSettings
    cache: CacheSettings
    sweep: SweepSettings


def _impossible(field: str, value: float, accepted: str) -> PydanticCustomError:
    line = f"schedule.{field}={value}: must be {accepted}"
    return PydanticCustomError("impossible", "{line}", {"line": line})
