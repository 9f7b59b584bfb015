"""Overrides with their lists of values go in; the points to run, each checked, come out."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.config_loader import ConfigLoader
from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import DictConfig

from runner import preflight
from runner.labels import short
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


def expand(arguments: Sequence[str], loader: ConfigLoader | None = None) -> list[Candidate]:
    """Expand lists of values into the cross product, in Hydra's own order and syntax.

    Args:
        loader: knows the groups, for `dataset=glob(*)`; not needed for other lists.

    Raises:
        HydraException: an override cannot be parsed, or is no list of discrete values.
    """
    overrides = OverridesParser.create(loader).parse_overrides(list(arguments))
    (product,) = BasicSweeper.split_arguments(overrides, None)
    varying = [each.get_key_element() for each in overrides if each.is_sweep_override()]
    return [Candidate(tuple(each), _name(each, short(varying))) for each in product]


def check(candidates: Sequence[Candidate], loader: ConfigLoader, config: DictConfig) -> Grid:
    """Check every point before the first one starts.

    Raises:
        Refused: a value is never accepted, or no point is left that can be run.
    """

    def settings(candidate: Candidate) -> Settings:
        return from_hydra(loader.load_sweep_config(config, list(candidate.overrides)))

    # Composing takes time: a wrong value is refused fast in a grid of hundreds of points too.
    for each in _with_new_values(candidates):
        with suppress(ImpossiblePoint):
            settings(each)
    skipped: list[str] = []
    points: list[Point] = []
    for each in candidates:
        with _skipping(each.name, skipped):
            points.append(Point(each.overrides, each.name, settings(each)))
    _refuse_to_vary(points)
    checked: list[Point] = []
    for point in points:
        with _skipping(point.name, skipped):
            preflight.check(point.settings)
            checked.append(point)
    if not checked:
        raise Refused(f"no point of the sweep is possible; the first one: {skipped[0]}")
    return Grid(tuple(checked), tuple(skipped))


@contextmanager
def _skipping(name: str, skipped: list[str]) -> Iterator[None]:
    try:
        yield
    except ImpossiblePoint as reason:
        skipped.append(f"{name}: {reason}")


def _with_new_values(candidates: Sequence[Candidate]) -> Iterator[Candidate]:
    """Go through the candidates that have a value which none before them had."""
    seen: set[str] = set()
    for each in candidates:
        if not seen.issuperset(each.overrides):
            seen.update(each.overrides)
            yield each


def _refuse_to_vary(points: Sequence[Point]) -> None:
    """Refuse to vary what belongs to the sweep as a whole, or to its process."""
    for name in ("tracking", "report", "cache", "threads"):
        if len({getattr(point.settings, name) for point in points}) > 1:
            raise Refused(f"{name}: takes one value for a whole sweep; run a sweep for each value")


def _name(overrides: Sequence[str], labels: Mapping[str, str]) -> str:
    """Join what varies, as short as it can be said: `final_sparsity=0.8 epochs=2`."""
    settings = [each.split("=", 1) for each in overrides]
    named = [f"{labels[key]}={value}" for key, value in settings if key in labels]
    return " ".join(named) or "one point"
