"""Raw values, group by group, go in; frozen settings that fit together come out."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from runner.errors import Refused
from runner.settings.architecture import ArchitectureSettings
from runner.settings.base import Group
from runner.settings.compress import CompressSettings
from runner.settings.dataset import DatasetSettings
from runner.settings.fields import (
    Count,
    Drop,
    Flag,
    Folder,
    Name,
    Names,
    OptionalCount,
    OptionalRate,
    Rate,
    Repeats,
    Seed,
    StoreAddress,
    Targets,
)
from runner.settings.schedule import ScheduleSettings


class BaselineSettings(Group):
    """How the dense model is trained, before any pruning."""

    epochs: Repeats
    batch_size: Count
    learning_rate: Rate
    shuffle: Flag


class AugmentSettings(Group):
    """How training images vary from epoch to epoch; in pixels."""

    shift: Repeats


class ExportSettings(Group):
    """Which files to write, and how many training images calibrate the integer one."""

    targets: Targets
    representative_images: Count

    @property
    def counting(self) -> dict[str, Any]:
        """What changes the files: in whatever order, and calibrated only where one of them is."""
        calibrated = any(each.conversion and each.conversion.calibrated for each in self.targets)
        images = {"representative_images": self.representative_images} if calibrated else {}
        return {"targets": sorted(self.targets), **images}


class MeasureSettings(Group):
    """What is measured of a file besides its bytes and its accuracy."""

    latency: Flag


class TrackingSettings(Group):
    """Where MLflow keeps the runs."""

    uri: StoreAddress
    experiment: Name


class ReportSettings(Group):
    """How much accuracy a file may lose and still be shipped."""

    max_drop: Drop


class CacheSettings(Group):
    """Where trained baselines and downloaded data sets are kept for the next run."""

    folder: Folder


class SweepSettings(Group):
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


class Settings(Group):
    """Everything that one point needs to know."""

    seed: Seed
    threads: Count
    dataset: DatasetSettings
    architecture: ArchitectureSettings
    augment: AugmentSettings
    baseline: BaselineSettings
    schedule: ScheduleSettings
    compress: CompressSettings
    export: ExportSettings
    measure: MeasureSettings
    tracking: TrackingSettings
    report: ReportSettings
    cache: CacheSettings
    sweep: SweepSettings

    @model_validator(mode="after")
    def _something_is_trained(self) -> Self:
        if self.baseline.epochs == 0 and self.architecture.name != "keras_file":
            raise Refused(
                "baseline.epochs=0: must be a whole number of at least 1; only the weights of "
                "architecture=keras_file can be taken as they are"
            )
        return self
