"""Candidates go in; the points to run, each checked and identified, come out."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from hydra.core.config_loader import ConfigLoader
from omegaconf import DictConfig

from runner.data import dataset
from runner.errors import ImpossiblePoint, Refused
from runner.planning import preflight
from runner.planning.candidates import Candidate
from runner.planning.fingerprint import baseline_signature, fingerprint
from runner.settings import Settings, from_hydra


@dataclass(frozen=True)
class Point:
    """A candidate whose settings were checked, and what identifies it and its baseline."""

    overrides: tuple[str, ...]
    name: str
    settings: Settings
    signature: str
    fingerprint: str


@dataclass(frozen=True)
class Grid:
    """The points that can be run, at least one, and why the others are not."""

    points: tuple[Point, ...]
    skipped: tuple[str, ...]


def check(
    candidates: Sequence[Candidate],
    loader: ConfigLoader,
    config: DictConfig,
    on_values_checked: Callable[[Sequence[Settings]], object] = lambda _: None,
) -> Grid:
    """Check every point before the first one starts.

    Args:
        on_values_checked: called with the settings of some points once every value has been checked
            in one point at least; only combinations remain to be checked then.

    Raises:
        Refused: a value is never accepted, or no point is left that can be run.
    """

    def settings(candidate: Candidate) -> Settings:
        return from_hydra(loader.load_sweep_config(config, list(candidate.overrides)))

    # Composing takes time: a wrong value is refused fast in a grid of hundreds of points too.
    some: list[Settings] = []
    for each in _with_new_values(candidates):
        with suppress(ImpossiblePoint):
            some.append(settings(each))
    _refuse_to_vary(some)
    for one in some:
        with suppress(ImpossiblePoint):
            preflight.check(one)
    if some:
        on_values_checked(some)
    skipped: list[str] = []
    possible: list[tuple[Candidate, Settings]] = []
    for each in candidates:
        with _skipping(each.name, skipped):
            possible.append((each, settings(each)))
    points: dict[str, Point] = {}
    for candidate, composed in possible:
        with _skipping(candidate.name, skipped):
            preflight.check(composed)
            point = _identified(candidate, composed)
            if points.setdefault(point.fingerprint, point) is not point:
                raise ImpossiblePoint(f"the same point as {points[point.fingerprint].name}")
    if not points:
        raise Refused(f"no point of the sweep is possible; the first one: {skipped[0]}")
    return Grid(tuple(points.values()), tuple(skipped))


def _identified(candidate: Candidate, settings: Settings) -> Point:
    digest = dataset.load(settings.dataset, settings.cache.folder).digest
    return Point(
        candidate.overrides,
        candidate.name,
        settings,
        baseline_signature(settings, digest),
        fingerprint(settings, digest),
    )


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


def _refuse_to_vary(points: Sequence[Settings]) -> None:
    """Refuse to vary what belongs to the sweep as a whole, or to its process."""
    for name in ("tracking", "report", "cache", "threads"):
        if len({getattr(settings, name) for settings in points}) > 1:
            raise Refused(f"{name}: takes one value for a whole sweep; run a sweep for each value")
    ways = {settings.sweep.model_copy(update={"point": None}) for settings in points}
    if len(ways) > 1:
        raise Refused("sweep: takes one value for a whole sweep; run a sweep for each value")
