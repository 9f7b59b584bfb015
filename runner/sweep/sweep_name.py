"""Name a sweep."""

from collections.abc import Sequence

from runner.errors import Refused
from runner.planning.grid import Point
from runner.settings.labels import short
from runner.settings.parameters import point_parameters


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


def _after_what_varies(points: Sequence[Point]) -> str:
    """Join the names of the settings that vary; without one, say what is pruned on which data."""
    each = [point_parameters(point.settings) for point in points]
    names = dict.fromkeys(name for values in each for name in values)
    varying = [name for name in names if len({values.get(name) for values in each}) > 1]
    if varying:
        return "-x-".join(short(varying).values())
    settings = points[0].settings
    return f"{settings.architecture.label} on {settings.dataset.name}"
