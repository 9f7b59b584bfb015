"""Describe one point: all groups of settings together, and the smaller groups."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from pydantic import Field, model_validator

from runner.errors import Refused
from runner.settings.architecture import ArchitectureSettings
from runner.settings.augment import AugmentSettings
from runner.settings.base import Group, impossible
from runner.settings.baseline import BaselineSettings
from runner.settings.channels import ChannelsSettings
from runner.settings.compress import CompressSettings
from runner.settings.dataset import DatasetSettings
from runner.settings.device import DeviceSettings
from runner.settings.devices import Device
from runner.settings.fields import (
    Count,
    Devices,
    ExperimentName,
    Flag,
    Folder,
    OptionalCount,
    Seed,
    StoreAddress,
    Targets,
)
from runner.settings.measure import MeasureSettings
from runner.settings.report import ReportSettings
from runner.settings.schedule import ScheduleSettings
from runner.settings.search import SearchSettings
from runner.settings.sweep import SweepSettings
from runner.settings.targets import Target


class ExportSettings(Group):
    """Which files to write, for how many images at a time, and what calibrates the integer ones."""

    targets: Targets = (
        Target.H5,
        Target.TFLITE_FLOAT32,
        Target.TFLITE_FLOAT16,
        Target.TFLITE_DYNAMIC,
        Target.TFLITE_INT8,
    )
    """Files to write."""
    representative_images: Count = 200
    """Training images that calibrate `tflite_int8`, `tflite_int16x8` and `tflite_int4`."""
    batch: OptionalCount = 1
    """Images that a TFLite file takes at a time; null leaves their number open, which puts more
    operators into some files. The h5 file takes as many as the model."""

    @property
    def effective(self) -> dict[str, Any]:
        """Those settings that change the files, the targets in alphabetical order."""
        made = [target.source or target for target in self.targets]
        conversions = [target.conversion for target in made if target.conversion]
        calibrated = any(conversion.calibrated for conversion in conversions)
        images = {"representative_images": self.representative_images} if calibrated else {}
        batch = {"batch": self.batch} if conversions else {}
        return {"targets": sorted(self.targets), **images, **batch}


class TrackingSettings(Group):
    """Where MLflow keeps the runs, and whether TensorBoard gets its own record."""

    # Resolved when it is used: MLFLOW_TRACKING_URI, else mlflow.db in the working directory.
    uri: StoreAddress = ""
    """Address of the MLflow store; null takes `MLFLOW_TRACKING_URI`, or else `mlflow.db` in the
    working directory."""
    experiment: ExperimentName = ""
    """Experiment of MLflow that the runs are logged to; null takes `MLFLOW_EXPERIMENT_NAME`, else
    the one that `MLFLOW_EXPERIMENT_ID` names, or else `sparsity`."""
    tensorboard: Flag = False
    """Whether each point also writes how its pruning went for TensorBoard. Points that are copied
    from other sweeps are not pruned again, and write nothing."""


class CacheSettings(Group):
    """Where trained baselines and downloaded data sets are kept for the next run."""

    folder: Folder = Path("outputs/cache")
    """Folder of trained baselines and downloaded data sets; it can be deleted safely."""


class Settings(Group):
    """Everything that one point needs to know."""

    seed: Seed = 0
    """Seed of all random numbers."""
    threads: Count = 1
    """Threads of TensorFlow. The same seed and number of threads give the same figures, bit for
    bit."""
    devices: Devices = ()
    """Devices to compare, in brackets, of which the file to ship is for the first; empty for
    `device` alone."""
    dataset: DatasetSettings = Field(default_factory=DatasetSettings)
    architecture: ArchitectureSettings = Field(default_factory=ArchitectureSettings)
    augment: AugmentSettings = Field(default_factory=AugmentSettings)
    baseline: BaselineSettings = Field(default_factory=BaselineSettings)
    channels: ChannelsSettings = Field(default_factory=ChannelsSettings)
    schedule: ScheduleSettings = Field(default_factory=ScheduleSettings)
    compress: CompressSettings = Field(default_factory=CompressSettings)
    export: ExportSettings = Field(default_factory=ExportSettings)
    device: DeviceSettings = Field(default_factory=DeviceSettings)
    measure: MeasureSettings = Field(default_factory=MeasureSettings)
    tracking: TrackingSettings = Field(default_factory=TrackingSettings)
    report: ReportSettings = Field(default_factory=ReportSettings)
    cache: CacheSettings = Field(default_factory=CacheSettings)
    search: SearchSettings = Field(default_factory=SearchSettings)
    sweep: SweepSettings = Field(default_factory=SweepSettings)

    @property
    def asked_devices(self) -> tuple[Device, ...]:
        """The devices to choose for, that of the file to ship first."""
        return self.devices or (self.device.name,)

    @classmethod
    def dependent_defaults(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the baseline of a model from a file: its weights as they are."""
        architecture = values.get("architecture")
        given = architecture.get("name") if isinstance(architecture, dict) else None
        if getattr(architecture, "name", given) == "keras_file":
            return {"baseline": BaselineSettings(epochs=0)}
        return {}

    @model_validator(mode="after")
    def _budgets_are_on_what_is_measured(self) -> Self:
        self.device.check_measured(self.asked_devices, self.measure)
        return self

    @model_validator(mode="after")
    def _brightness_has_a_range(self) -> Self:
        self.augment.check_scale(self.dataset.scale)
        return self

    @model_validator(mode="after")
    def _fresh_weights_are_trained(self) -> Self:
        channels = self.channels
        fresh = channels.removes and channels.start == "fresh"
        if fresh and self.baseline.epochs == 0 and channels.epochs == 0:
            raise impossible(
                "channels.epochs", 0, "at least 1 with channels.start=fresh and baseline.epochs=0"
            )
        return self

    @model_validator(mode="after")
    def _something_is_trained(self) -> Self:
        if self.baseline.epochs == 0 and self.architecture.name != "keras_file":
            raise Refused(
                "baseline.epochs=0: must be a whole number of at least 1; only the weights of "
                "architecture=keras_file can be taken as they are"
            )
        return self
