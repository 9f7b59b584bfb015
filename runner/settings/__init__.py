"""Hydra's composed configuration goes in; frozen, fully validated settings come out."""

from runner.settings.architecture import ArchitectureSettings
from runner.settings.compress import CompressSettings
from runner.settings.dataset import DatasetSettings
from runner.settings.groups import BaselineSettings, ExportSettings, MeasureSettings, Settings
from runner.settings.load import from_hydra, known_settings
from runner.settings.schedule import ScheduleSettings

__all__ = [
    "ArchitectureSettings",
    "BaselineSettings",
    "CompressSettings",
    "DatasetSettings",
    "ExportSettings",
    "MeasureSettings",
    "ScheduleSettings",
    "Settings",
    "from_hydra",
    "known_settings",
]
