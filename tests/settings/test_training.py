"""Settings of training: what is refused, and what changes a figure."""

from collections.abc import Callable
from typing import Any

import pytest
from omegaconf import OmegaConf

from runner.errors import ImpossiblePoint, Refused
from runner.planning.fingerprint import baseline_signature, fingerprint
from runner.settings import (
    AugmentSettings,
    BaselineSettings,
    CompressSettings,
    ScheduleSettings,
    Settings,
)
from runner.settings.load import from_values
from runner.settings.parameters import point_parameters
from tests.helpers.project import Compose

Change = Callable[[dict[str, Any]], Settings]


@pytest.fixture
def changed(composed: Compose) -> Change:
    """Load the composed configuration with other values, as if they were typed."""
    plain = OmegaConf.to_container(composed(), resolve=True)

    def change(given: dict[str, Any]) -> Settings:
        config = OmegaConf.create(plain)
        for name, value in given.items():
            OmegaConf.update(config, name, value)
        values = OmegaConf.to_container(config)
        assert isinstance(values, dict)
        values.pop("hydra", None)
        return from_values(values)

    return change


WRONG = {
    "baseline.optimizer=rmsprop": "must be one of adam, sgd",
    "schedule.momentum=1": "must be a number from 0 up to, but below, 1",
    "compress.learning_rate_schedule=step": "must be one of constant, cosine, exponential",
    "channels.decay_rate=0": "must be a number above 0, at most 1",
    "baseline.warmup_epochs=-1": "must be a number of epochs, at least 0",
    "baseline.class_weights=auto": "must be balanced, or null",
    "schedule.early_stopping=0": "must be a whole number of at least 1, or null",
    "schedule.distill=maybe": "must be true or false",
    "schedule.distill_weight=0": "must be a share above 0, at most 1",
    "schedule.distill_temperature=0": "must be a positive number",
    "augment.flip=diagonal": "must be horizontal, vertical, both, or null",
    "augment.rotation=90": "must be a share of a full turn, from 0 to 0.5",
    "augment.zoom=1": "must be a number from 0 up to, but below, 1",
    "augment.brightness=2": "must be a share from 0 to 1",
    "augment.contrast=-0.1": "must be a share from 0 to 1",
}
IMPOSSIBLE = {
    "baseline.warmup_epochs=10": "baseline.warmup_epochs=10.0: must be below baseline.epochs=10",
    "compress.warmup_epochs=2": "compress.warmup_epochs=2.0: must be below compress.epochs=2",
    "schedule.early_stopping=1": "must be null with schedule.epochs=2 and schedule.end=0.75: only",
    "schedule.early_stopping=2 schedule.epochs=8 schedule.end=0.9": "only the last epoch ends with",
    "baseline.early_stopping=3 baseline.epochs=1": "there is no best of several epochs",
    "augment.brightness=0.1 dataset.scale=as_is": "must be 0 with dataset.scale=as_is: black and",
}
POSSIBLE = (
    "schedule.early_stopping=2 schedule.epochs=10 schedule.end=0.9",
    "schedule.early_stopping=2 schedule.epochs=2 schedule.end=0.5",
    "baseline.warmup_epochs=0.5 baseline.epochs=1",
    "augment.flip=both augment.rotation=0.5 dataset.scale=as_is",
)


def _given(text: str) -> dict[str, Any]:
    parts = OmegaConf.from_dotlist(text.split())
    names = [part.partition("=")[0] for part in text.split()]
    return {name: OmegaConf.select(parts, name) for name in names}


def test_wrong_values_are_refused_in_one_line(changed: Change) -> None:
    for text, accepted in WRONG.items():
        with pytest.raises(Refused) as refusal:
            changed(_given(text))
        assert str(refusal.value) == f"{text}: {accepted}"
        assert not isinstance(refusal.value, ImpossiblePoint)


def test_values_that_do_not_go_together_are_skipped(changed: Change) -> None:
    for text, line in IMPOSSIBLE.items():
        with pytest.raises(ImpossiblePoint) as refusal:
            changed(_given(text))
        assert line in str(refusal.value), text
    for text in POSSIBLE:
        changed(_given(text))


SCHEDULES = (
    ScheduleSettings(),
    ScheduleSettings(optimizer="sgd"),
    ScheduleSettings(optimizer="sgd", momentum=0.5),
    ScheduleSettings(learning_rate_schedule="cosine"),
    ScheduleSettings(learning_rate_schedule="exponential"),
    ScheduleSettings(learning_rate_schedule="exponential", decay_rate=0.5),
    ScheduleSettings(warmup_epochs=0.5),
    ScheduleSettings(class_weights="balanced"),
    ScheduleSettings(end=0.5),
    ScheduleSettings(end=0.5, early_stopping=1),
    ScheduleSettings(distill=True),
    ScheduleSettings(distill=True, distill_weight=0.9),
    ScheduleSettings(distill=True, distill_temperature=2.0),
)


def test_every_setting_of_training_is_part_of_the_identity() -> None:
    points = [Settings(schedule=schedule) for schedule in SCHEDULES]
    assert len({fingerprint(point, "d") for point in points}) == len(points)
    assert len({baseline_signature(point, "d") for point in points}) == 1
    dense = [
        *(Settings(baseline=BaselineSettings(class_weights=each)) for each in (None, "balanced")),
        *(Settings(augment=AugmentSettings(flip=each)) for each in ("horizontal", "both")),
        Settings(augment=AugmentSettings(contrast=0.1)),
        Settings(baseline=BaselineSettings(early_stopping=3)),
    ]
    assert len({baseline_signature(point, "d") for point in dense}) == len(dense)


def test_settings_without_effect_change_nothing_and_are_not_shown() -> None:
    idle = {"momentum": 0.5, "decay_rate": 0.5}
    of_distillation = {"distill_weight": 0.9, "distill_temperature": 4.0}
    same = Settings(
        baseline=BaselineSettings.model_validate(idle),
        schedule=ScheduleSettings.model_validate(idle | of_distillation),
        compress=CompressSettings.model_validate(idle | {"early_stopping": 1}),
    )
    assert fingerprint(same, "d") == fingerprint(Settings(), "d")
    shown = point_parameters(same)
    assert "schedule.momentum" not in shown
    assert "baseline.decay_rate" not in shown
    assert "schedule.distill_weight" not in shown
    assert shown["schedule.distill"] == "false"
