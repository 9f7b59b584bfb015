"""Validate the settings of a point once, and freeze them."""

from runner.settings.architecture import ArchitectureSettings
from runner.settings.augment import AugmentSettings
from runner.settings.baseline import BaselineSettings
from runner.settings.channels import ChannelsSettings
from runner.settings.compress import CompressSettings
from runner.settings.dataset import DatasetSettings
from runner.settings.device import DeviceSettings
from runner.settings.groups import (
    CacheSettings,
    ExportSettings,
    Settings,
    TrackingSettings,
)
from runner.settings.load import from_hydra, known_settings
from runner.settings.measure import MeasureSettings
from runner.settings.report import ReportSettings
from runner.settings.schedule import ScheduleSettings
from runner.settings.sweep import SweepSettings

__all__ = [
    "ArchitectureSettings",
    "AugmentSettings",
    "BaselineSettings",
    "CacheSettings",
    "ChannelsSettings",
    "CompressSettings",
    "DatasetSettings",
    "DeviceSettings",
    "ExportSettings",
    "MeasureSettings",
    "ReportSettings",
    "ScheduleSettings",
    "Settings",
    "SweepSettings",
    "TrackingSettings",
    "from_hydra",
    "known_settings",
]
