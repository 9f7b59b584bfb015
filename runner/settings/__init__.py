"""Hydra's composed configuration goes in; frozen, fully validated settings come out."""

from runner.settings.groups import BaselineSettings, ExportSettings, MeasureSettings, Settings
from runner.settings.material import ArchitectureSettings, DatasetSettings
from runner.settings.reading import from_hydra, known_settings
from runner.settings.schedule import CompressSettings, ScheduleSettings

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
