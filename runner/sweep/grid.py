"""Overrides with their lists of values go in; the points to run, each checked, come out."""

from collections.abc import Sequence
from dataclasses import dataclass

from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.config_loader import ConfigLoader
from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import DictConfig

from runner import preflight
from runner.refusal import ImpossiblePoint, Refused
from runner.settings import Settings, from_hydra


@dataclass(frozen=True)
class Candidate:
    """One point of the cross product: what Hydra is told, and a name made of what varies."""

    overrides: tuple[str, ...]
    name: str


@dataclass(frozen=True)
class Point:
    """A candidate whose settings were checked."""

    overrides: tuple[str, ...]
    name: str
    settings: Settings


@dataclass(frozen=True)
class Grid:
    """The points that can be run, at least one, and why the others cannot."""

    points: tuple[Point, ...]
    skipped: tuple[str, ...]


def expand(arguments: Sequence[str]) -> list[Candidate]:
    """Expand lists of values into the cross product, in Hydra's own order and syntax.

    Raises:
        HydraException: an override cannot be parsed, or is no list of discrete values.
    """
    overrides = OverridesParser.create().parse_overrides(list(arguments))
    (product,) = BasicSweeper.split_arguments(overrides, None)
    varying = {each.get_key_element() for each in overrides if each.is_sweep_override()}
    return [Candidate(tuple(each), _name(each, varying)) for each in product]


def check(candidates: Sequence[Candidate], loader: ConfigLoader, config: DictConfig) -> Grid:
    """Check every point before the first one starts.

    Raises:
        Refused: a value is never accepted, or no point is left that can be run.
    """
    points: list[Point] = []
    skipped: list[str] = []
    for each in candidates:
        composed = loader.load_sweep_config(config, list(each.overrides))
        try:
            points.append(Point(each.overrides, each.name, from_hydra(composed)))
        except ImpossiblePoint as reason:
            skipped.append(f"{each.name}: {reason}")
    if not points:
        raise Refused(f"no point of the sweep is possible; the first one: {skipped[0]}")
    # Only now what takes the disk: a wrong value of the last point is refused just as fast.
    for point in points:
        preflight.check(point.settings)
    return Grid(tuple(points), tuple(skipped))


def _name(overrides: Sequence[str], varying: set[str]) -> str:
    """Join what varies, without the groups it belongs to: `final_sparsity=0.8 epochs=2`."""
    settings = [each.split("=", 1) for each in overrides]
    named = [f"{key.split('.')[-1]}={value}" for key, value in settings if key in varying]
    return " ".join(named) or "one point"
