"""Hydra's composed configuration goes in; frozen, fully validated settings come out."""

from runner.settings.groups import (
    ArchitectureSettings,
    BaselineSettings,
    DatasetSettings,
    ExportSettings,
    MeasureSettings,
    ScheduleSettings,
    Settings,
)
from runner.settings.reading import from_hydra, known_settings

__all__ = [
    "ArchitectureSettings",
    "BaselineSettings",
    "DatasetSettings",
    "ExportSettings",
    "MeasureSettings",
    "ScheduleSettings",
    "Settings",
    "from_hydra",
    "known_settings",
]
