"""Axes, single points and overrides go in; every point's overrides, and its name, come out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.config_loader import ConfigLoader
from hydra.core.override_parser.overrides_parser import OverridesParser

from runner.settings.labels import point_name
from runner.settings.overrides import quoted

# Settings that say nothing of a point with this compression, by how they begin.
_IDLE: Mapping[str, tuple[str, ...]] = {"none": ("compress.",), "qat": ("compress.clusters",)}


@dataclass(frozen=True)
class Candidate:
    """One point of a sweep: what Hydra is told, and a name made of what varies."""

    overrides: tuple[str, ...]
    name: str


def expand(
    axes: Mapping[str, str],
    singles: Sequence[Mapping[str, Any]],
    arguments: Sequence[str],
    loader: ConfigLoader | None = None,
) -> list[Candidate]:
    """Expand lists of values into the cross product, then each single point likewise.

    Args:
        axes: the values of each setting, in one text, in Hydra's syntax: `0.5,0.8`.
        singles: the settings of each single point; without axes there are only these.
        arguments: overrides, which win over both; lists of values multiply both.
        loader: knows the groups, for `dataset=glob(*)`; not needed for other lists.

    Raises:
        HydraException: an override cannot be parsed, or is no list of discrete values.
    """
    grid = [f"{setting}={values}" for setting, values in axes.items()]
    parts = [grid] if grid or not singles else []
    parts += [[f"{key}={quoted(value)}" for key, value in single.items()] for single in singles]
    parser = OverridesParser.create(loader)
    varying = [key for single in singles for key in single]
    points: list[list[str]] = []
    for part in parts:
        overrides = parser.parse_overrides([*part, *arguments])
        (product,) = BasicSweeper.split_arguments(overrides, None)
        points += product
        varying += [each.get_key_element() for each in overrides if each.is_sweep_override()]
    return [Candidate(tuple(each), _name(each, varying)) for each in points]


def _name(overrides: Sequence[str], varying: Sequence[str]) -> str:
    settings = dict(each.split("=", 1) for each in overrides)
    idle = _IDLE.get(settings.get("compress", ""), ())
    return point_name(
        {
            key: value
            for key, value in settings.items()
            if key in varying and not key.startswith(idle)
        }
    )
