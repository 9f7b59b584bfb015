"""Name a sweep."""

from collections.abc import Iterable, Sequence

from runner.errors import Refused
from runner.planning.grid import Point
from runner.settings.labels import short
from runner.settings.parameters import point_parameters

# A setting with this many more than two values has most of them left out.
_SHOWN = 7


def sweep_name(points: Sequence[Point], file: str | None) -> str:
    """Name a sweep as its settings say, or else its file, or else after the settings that vary.

    Args:
        file: the name of the file that holds it; None where it was typed.

    Raises:
        Refused: it was given several names.
    """
    given = {point.settings.sweep.name: None for point in points}
    if len(given) > 1:
        raise Refused(f"sweep.name={','.join(map(str, given))}: must be one name for the sweep")
    return next(iter(given)) or file or _after_what_varies(points)


def sweep_words(name: str, points: Sequence[Point]) -> str:
    """Say in a line which points a sweep has: how many, of what, and what varies."""
    settings = points[0].settings
    varying = {key: values for key, values in _values(points).items() if len(values) > 1}
    labels = short(list(varying))
    axes = "".join(f", {labels[key]} {_list(values)}" for key, values in varying.items())
    number = f"{len(points):,} point{'' if len(points) == 1 else 's'}"
    return f"{name}: {number}, {settings.architecture.label} on {settings.dataset.name}{axes}"


def _list(values: Iterable[str]) -> str:
    """List values; of many only the first and the last ones, and how many there are."""
    first, second, *others = values
    if len(others) < _SHOWN:
        return ",".join([first, second, *others])
    return f"{first},{second},…,{others[-1]} ({len(others) + 2:,} values)"


def _after_what_varies(points: Sequence[Point]) -> str:
    """Join the names of the settings that vary; without one, say what is pruned on which data."""
    varying = [name for name, values in _values(points).items() if len(values) > 1]
    if varying:
        return "-x-".join(short(varying).values())
    settings = points[0].settings
    return f"{settings.architecture.label} on {settings.dataset.name}"


def _values(points: Sequence[Point]) -> dict[str, dict[str, None]]:
    """Return the values of each setting, in the order of the points."""
    found: dict[str, dict[str, None]] = {}
    for point in points:
        for name, value in point_parameters(point.settings).items():
            found.setdefault(name, {})[value] = None
    return found
