"""Check and identify every point of a sweep before the first one starts."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from hydra.core.config_loader import ConfigLoader
from omegaconf import DictConfig

from runner.data import dataset
from runner.errors import ImpossiblePoint, Refused
from runner.planning import preflight
from runner.planning.candidates import Candidate
from runner.planning.composition import Composition
from runner.planning.fingerprint import baseline_signature, fingerprint, look_at_libraries
from runner.planning.plan import plan_of
from runner.settings import Settings
from runner.settings.internal import require_left_out


@dataclass(frozen=True)
class Point:
    """Hold a point whose settings are checked.

    Attributes:
        overrides: Hydra's overrides, as `schedule.epochs=2`.
        name: name made of the settings that vary in the sweep.
        settings: all settings of the point.
        signature: identifies the baseline.
        fingerprint: identifies the point.
        plan: identifies it too, in parts, for the process that runs it.
    """

    overrides: tuple[str, ...]
    name: str
    settings: Settings
    signature: str
    fingerprint: str
    plan: str


@dataclass(frozen=True)
class Grid:
    """Hold the points that can be run, at least one, and the names and faults of all others."""

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
        candidates: the points of the sweep, in their order.
        loader: composes the settings of a point.
        config: the configuration of the sweep.
        on_values_checked: called with the settings of some points once every value has been checked
            in one point at least; only combinations remain to be checked then.

    Raises:
        Refused: a value is never accepted, or no point is left that can be run.
    """
    look_at_libraries()
    compose = Composition(loader, config).settings
    checked = _check_values(candidates, compose)
    if checked:
        on_values_checked(checked)
    skipped: list[str] = []
    composed: list[tuple[Candidate, Settings]] = []
    for candidate in candidates:
        with _skipping(candidate.label, skipped):
            composed.append((candidate, compose(candidate.overrides)))
    points: dict[str, Point] = {}
    for candidate, settings in composed:
        with _skipping(candidate.label, skipped):
            accepted = preflight.check(settings, candidate.overrides)
            point = _identify(candidate, settings, accepted)
            if points.setdefault(point.fingerprint, point) is not point:
                raise ImpossiblePoint(f"the same point as {points[point.fingerprint].name}")
    if not candidates:
        raise Refused("the sweep has no points: there is no value for some setting that varies")
    if not points:
        raise Refused(f"no point of the sweep is possible; the first one: {skipped[0]}")
    return Grid(tuple(points.values()), tuple(skipped))


def _check_values(
    candidates: Sequence[Candidate], compose: Callable[[Sequence[str]], Settings]
) -> list[Settings]:
    """Check one point for each value, so that a wrong value is refused fast in a large grid.

    Composing the settings of all points would take much longer.
    """
    points: list[tuple[Settings, Candidate]] = []
    for candidate in _with_new_values(candidates):
        with suppress(ImpossiblePoint):
            points.append((compose(candidate.overrides), candidate))
    for settings, _ in points:
        require_left_out(settings.sweep, in_sweep=True)
    _refuse_to_vary([settings for settings, _ in points])
    for settings, candidate in points:
        with suppress(ImpossiblePoint):
            preflight.check(settings, candidate.overrides)
    return [settings for settings, _ in points]


def _identify(candidate: Candidate, composed: Settings, settings: Settings) -> Point:
    """Identify a point by the settings to work with, which its worker composes too."""
    scale = settings.dataset.scale
    changed = [] if scale == composed.dataset.scale else [f"dataset.scale={scale}"]
    digest = dataset.load(settings.dataset, settings.cache.folder).digest
    return Point(
        (*candidate.overrides, *changed),
        candidate.name,
        settings,
        baseline_signature(settings, digest),
        fingerprint(settings, digest),
        plan_of(settings, digest),
    )


@contextmanager
def _skipping(label: str, skipped: list[str]) -> Iterator[None]:
    try:
        yield
    except ImpossiblePoint as reason:
        skipped.append(f"{label}: {reason}")


def _with_new_values(candidates: Sequence[Candidate]) -> Iterator[Candidate]:
    """Yield the candidates that have a value which no candidate before them has."""
    seen: set[str] = set()
    for candidate in candidates:
        if not seen.issuperset(candidate.overrides):
            seen.update(candidate.overrides)
            yield candidate


def _refuse_to_vary(points: Sequence[Settings]) -> None:
    """Refuse several values of settings that belong to the sweep as a whole, or to its process."""
    for name in _WHOLE:
        if len({getattr(settings, name) for settings in points}) > 1:
            raise Refused(f"{name}: takes one value for a whole sweep; {_INSTEAD.get(name, _RUN)}")


_WHOLE = (
    *("tracking", "report", "cache", "threads", "measure", "device", "devices", "search", "sweep"),
)
_RUN = "run a sweep for each value"
_INSTEAD = dict.fromkeys(
    ("device", "devices"),
    "several devices stand in brackets, as in devices=[phone,microcontroller]; other budgets are "
    "asked for later: python -m runner.best latest --flash 256K",
)
