"""Describe the settings of the launcher and of the sweeper, which Hydra keeps below its own."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, create_model

from runner.settings.base import Group, impossible
from runner.settings.fields import Flag, OptionalCount


def _settings(value: object) -> object:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise ValueError("no group of settings")
    return value


def _axes(value: object) -> object:
    return value if value is None else _settings(value)


def _singles(value: object) -> object:
    if value is not None and not isinstance(value, list | tuple):
        raise ValueError("no list")
    return value if value is None else [_settings(point) for point in value]


def _direct(address: str | None) -> str | None:
    if address and "://" in address:
        raise impossible(
            "hydra.launcher.address",
            address,
            "auto, HOST:PORT or null: Ray's client, which other addresses lead to, does not pass "
            "on what running points say (Ray's issue 43357); from outside of a cluster, submit "
            "the sweep as a job of it, by ray job submit",
        )
    return address


OptionalMinutes = Annotated[
    float | None,
    Field(
        strict=True,
        gt=0,
        allow_inf_nan=False,
        description="a positive number of minutes, or null",
    ),
]
ClusterAddress = Annotated[
    str | None,
    Field(strict=True, min_length=1, description="auto, HOST:PORT or null"),
    AfterValidator(_direct),
]
OptionalGigabytes = Annotated[
    float | None,
    Field(
        strict=True,
        gt=0,
        allow_inf_nan=False,
        description="a positive number of GB, or null",
    ),
]
Amount = Annotated[
    float,
    Field(
        strict=True,
        ge=0,
        allow_inf_nan=False,
        description="a number of at least 0; less than 1 shares one",
    ),
]
Axes = Annotated[
    Any,
    BeforeValidator(_axes),
    Field(description="a group of settings, each with its values in one text"),
]
Singles = Annotated[
    Any,
    BeforeValidator(_singles),
    Field(description="a list of groups of settings, as in [{schedule.epochs: 4}]"),
]


class LauncherSettings(Group):
    """How many points run at once, and whether each has a process of its own."""

    n_jobs: OptionalCount = None
    timeout_minutes: OptionalMinutes = None
    fresh_workers: Flag = False


class RayLauncherSettings(LauncherSettings):
    """Which cluster runs points, and what each of them takes of it."""

    address: ClusterAddress = None
    cpus: OptionalCount = None
    gpus: Amount = 0
    memory: OptionalGigabytes = None
    dashboard: Flag = False


class SweeperSettings(Group):
    """The points of a sweep: a grid, and single points besides it."""

    params: Axes = None
    points: Singles = None


class HydraSettings(Group):
    """What is ours among Hydra's settings."""

    launcher: LauncherSettings = Field(default_factory=LauncherSettings)
    sweeper: SweeperSettings = Field(default_factory=SweeperSettings)


class WithHydra(Group):
    """Hydra's settings, under the name that one types before them."""

    hydra: HydraSettings = Field(default_factory=HydraSettings)


def with_launcher(launcher: type[Group]) -> type[WithHydra]:
    """Return Hydra's settings with those of another launcher of ours."""
    hydra = create_model(
        "HydraSettings",
        __base__=HydraSettings,
        launcher=(launcher, Field(default_factory=launcher)),
    )
    return create_model(
        "WithHydra", __base__=WithHydra, hydra=(hydra, Field(default_factory=hydra))
    )
