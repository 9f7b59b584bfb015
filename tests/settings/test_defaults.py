"""Settings built in Python: their defaults are what conf/ composes."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from runner.settings import (
    ArchitectureSettings,
    ChannelsSettings,
    CompressSettings,
    DatasetSettings,
    DeviceSettings,
    ExportSettings,
    ScheduleSettings,
    Settings,
    from_hydra,
)
from runner.settings.base import Group
from runner.settings.hydra_groups import HydraSettings
from runner.settings.paths import CONF
from runner.settings.targets import Target
from tests.helpers.project import Compose

# What conf/ leaves to the user, by the choice that takes it.
NEEDED: dict[str, dict[str, Any]] = {
    "npz": {"path": Path("my.npz")},
    "image_folder": {"path": Path("images")},
    "keras_file": {"path": Path("model.h5")},
    "callable": {"target": "mine:model"},
}
# The choices that are more than a name.
NAMED_OTHERWISE: dict[tuple[str, str], Group] = {
    ("schedule", "two_of_four"): ScheduleSettings(
        name="constant", final_sparsity=0.5, m_by_n=(2, 4)
    ),
    ("export", "all"): ExportSettings(targets=tuple(Target)),
    ("export", "microcontroller"): ExportSettings(
        targets=(
            *(Target.TFLITE_FLOAT32, Target.TFLITE_INT8, Target.TFLITE_INT16X8),
            *(target for target in Target if target.on_tflm_only),
        )
    ),
    ("export", "notebook"): ExportSettings(
        targets=(Target.H5, Target.TFLITE_FLOAT32, Target.TFLITE_DYNAMIC)
    ),
    ("export", "standard"): ExportSettings(),
}
GROUPS: dict[str, type[Group]] = {
    "dataset": DatasetSettings,
    "architecture": ArchitectureSettings,
    "schedule": ScheduleSettings,
    "channels": ChannelsSettings,
    "compress": CompressSettings,
    "export": ExportSettings,
    "device": DeviceSettings,
}
CHOICES = [(group, file.stem) for group in GROUPS for file in sorted((CONF / group).glob("*.yaml"))]


def test_settings_without_arguments_are_the_composed_ones(composed: Compose) -> None:
    assert Settings() == from_hydra(composed())
    assert Settings().cache.folder == Path.cwd() / "outputs" / "cache"
    assert Settings().tracking.uri == f"sqlite:///{Path.cwd()}/mlflow.db"


@pytest.mark.parametrize(("group", "choice"), CHOICES)
def test_every_choice_of_a_group_has_the_defaults_of_its_file(
    composed: Compose, monkeypatch: pytest.MonkeyPatch, group: str, choice: str
) -> None:
    monkeypatch.setenv("RUNNER_DATA", "images")
    needed = NEEDED.get(choice, {})
    overrides = [f"{group}.{name}={value}" for name, value in needed.items()]
    expected = from_hydra(composed(f"{group}={choice}", *overrides))
    plain = GROUPS[group]
    built = NAMED_OTHERWISE.get((group, choice)) or plain.model_validate({"name": choice, **needed})
    assert Settings.model_validate({group: built}) == expected


def test_the_store_is_chosen_when_settings_are_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://localhost:5000")
    assert Settings().tracking.uri == "http://localhost:5000"


def test_a_constant_schedule_starts_with_its_final_sparsity() -> None:
    built = ScheduleSettings(name="constant", final_sparsity=0.9)
    assert built.initial_sparsity == built.final_sparsity == 0.9
    assert ScheduleSettings(final_sparsity=0.9).initial_sparsity == 0.5


def test_the_launcher_and_the_sweeper_have_the_defaults_of_their_files() -> None:
    for part, file in (("launcher", "workers"), ("sweeper", "pruning")):
        values = yaml.safe_load((CONF / "hydra" / part / f"{file}.yaml").read_text("utf-8"))
        del values["_target_"]
        assert getattr(HydraSettings(), part).model_dump() == values
