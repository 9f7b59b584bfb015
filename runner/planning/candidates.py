"""Expand the axes and the single points of a sweep into the overrides of every point."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.config_loader import ConfigLoader
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override

from runner.planning import grid_size
from runner.planning.interval import with_values
from runner.settings.labels import point_name
from runner.settings.overrides import quote_override, shown

_CHANNELS = "channels."
_SHARES = _SHARE, _LAYER_SHARE = "channels.share", "channels.layer_share"
_ZERO = re.compile(r"0+(\.0*)?")
# By compression: how the settings begin that have no effect with it.
_UNUSED: Mapping[str, tuple[str, ...]] = {"none": ("compress.",), "qat": ("compress.clusters",)}


@dataclass(frozen=True)
class Candidate:
    """Hold one point of a sweep that is not checked yet.

    Attributes:
        overrides: Hydra's overrides, as `schedule.epochs=2`.
        name: name made of the settings that vary in the sweep, and have an effect.
        label: the name in messages, where one before it has the same name: of all that vary.
    """

    overrides: tuple[str, ...]
    name: str
    label: str


def expand(
    axes: Mapping[str, str],
    singles: Sequence[Mapping[str, Any]],
    arguments: Sequence[str],
    loader: ConfigLoader | None = None,
    intervals: bool = False,
) -> list[Candidate]:
    """Expand lists of values into the cross product, then each single point likewise.

    Args:
        axes: the values of each setting, in one string, in Hydra's syntax: `0.5,0.8`.
        singles: the settings of each single point; without axes there are only these.
        arguments: overrides that replace values of both; lists of values multiply both.
        loader: finds the options of a group, for `dataset=glob(*)`; other lists do not need it.
        intervals: whether an interval stands for a list of values in it; else it is refused.

    Raises:
        HydraException: an override cannot be parsed, or is no list of discrete values.
        Refused: there are far too many points; none of them is made then.
    """
    parts = _parts(axes, singles, arguments, loader)
    if intervals:
        parts = [_without_intervals(part, loader) for part in parts]
    grid_size.require_few(parts)
    varying = [key for single in singles for key in single]
    points: list[list[str]] = []
    for overrides in parts:
        (product,) = BasicSweeper.split_arguments(grid_size.last_of_each(overrides), None)
        points += [[_without_sign_of_zero(override) for override in point] for point in product]
        varying += [item.get_key_element() for item in overrides if item.is_sweep_override()]
    return _named(points, varying)


def count(axes: Mapping[str, str], singles: Sequence[Mapping[str, Any]]) -> int:
    """Return how many points the axes and the single points of a sweep make.

    Raises:
        HydraException: an override cannot be parsed, or is no list of discrete values.
        Refused: a range has no end, or there are far too many single points.
    """
    return sum(map(grid_size.size, _parts(axes, singles, [])))


def _parts(
    axes: Mapping[str, str],
    singles: Sequence[Mapping[str, Any]],
    arguments: Sequence[str],
    loader: ConfigLoader | None = None,
) -> list[list[Override]]:
    """Parse the overrides of the grid, and of each single point."""
    grid_size.require_few_singles(len(singles))
    grid = [f"{setting}={_typed(values)}" for setting, values in axes.items()]
    parts = [grid] if grid or not singles else []
    parts += [[f"{key}={_single(value)}" for key, value in single.items()] for single in singles]
    parser = OverridesParser.create(loader)
    return [parser.parse_overrides([*part, *arguments]) for part in parts]


def _without_intervals(part: Sequence[Override], loader: ConfigLoader | None) -> list[Override]:
    return OverridesParser.create(loader).parse_overrides([with_values(each) for each in part])


def _typed(values: object) -> str:
    """Write the values of an axis: a text is in Hydra's syntax already."""
    return values if isinstance(values, str) else quote_override(values)


def _single(value: object) -> str:
    """Write a value of a single point: in quotes, a number is a number all the same."""
    numeric = isinstance(value, str) and value and shown(value) != value
    return str(value) if numeric else quote_override(value)


def _without_sign_of_zero(override: str) -> str:
    # The same number, which would be another point by another name.
    return f"{override.removesuffix('=-0.0')}=0.0" if override.endswith("=-0.0") else override


def _named(points: Sequence[Sequence[str]], varying: Sequence[str]) -> list[Candidate]:
    found: list[Candidate] = []
    names: set[str] = set()
    for overrides in points:
        settings = dict(override.split("=", 1) for override in overrides)
        values = {key: value for key, value in settings.items() if key in varying}
        name = point_name(_with_effect(values, settings))
        label = point_name(values) if name in names else name
        found.append(Candidate(tuple(overrides), name, label))
        names.add(name)
    return found


def _with_effect(values: Mapping[str, str], settings: Mapping[str, str]) -> dict[str, str]:
    """Leave out what other settings of the point make meaningless."""
    unused = _UNUSED.get(settings.get("compress", ""), ())
    if _removes_nothing(settings):
        unused = (*unused, _CHANNELS)
    return {
        key: value for key, value in values.items() if key in _SHARES or not key.startswith(unused)
    }


def _removes_nothing(settings: Mapping[str, str]) -> bool:
    """Tell whether a point keeps all channels, so that how they would be removed has no effect."""
    none = _ZERO.fullmatch(settings.get(_SHARE, ""))
    return bool(none) and settings.get(_LAYER_SHARE, "{}") in {"{}", "null"}
