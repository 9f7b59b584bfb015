"""Count the points of a sweep before its lists of values are unrolled."""

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction

from hydra.core.override_parser.types import Override, RangeSweep
from hydra.errors import HydraException

from runner.errors import Refused

# More than anyone runs: to check so many points takes minutes, and much memory.
_MOST = 100_000
_SHOWN = 80


def last_of_each(overrides: Iterable[Override]) -> list[Override]:
    """Leave out overrides that a later one replaces, so that nobody unrolls their values."""
    return list({override.get_key_element(): override for override in overrides}.values())


def size(overrides: Iterable[Override]) -> int:
    """Return how many points the cross product of all values has.

    Raises:
        HydraException: a list has no discrete values, or cannot be counted.
        Refused: a range has no end.
    """
    return math.prod(map(_values, last_of_each(overrides)))


def require_few(parts: Sequence[Sequence[Override]]) -> None:
    """Require a number of points that can be run.

    Args:
        parts: overrides whose cross products, one after the other, are the points.

    Raises:
        Refused: there are none or too many; names a list without values, or the longest one.
    """
    for override in (each for part in parts for each in last_of_each(part)):
        if not _values(override):
            raise Refused(f"{_text(override)}: must be at least one value, and is none")
    total = sum(map(size, parts))
    if total > _MOST:
        longest = max((each for part in parts for each in part), key=_values)
        raise Refused(
            f"{_text(longest)}: makes a sweep of {_number(total)} points, with "
            f"{_number(_values(longest))} values here; must be at most {_MOST:,} points"
        )


def require_few_singles(count: int) -> None:
    """Require a number of single points that can be read in a moment.

    Raises:
        Refused: there are too many.
    """
    if count > _MOST:
        raise Refused(
            f"hydra.sweeper.points: has {count:,} points; must be at most {_MOST:,} points"
        )


def _values(override: Override) -> int:
    if not override.is_sweep_override():
        return 1
    if not override.is_discrete_sweep():
        accepted = "a list or a range of single values, or an interval with +search=adaptive"
        raise HydraException(f"{_text(override)}: must be {accepted}")
    values = override.value()
    if isinstance(values, RangeSweep):
        return _steps(values, _text(override))
    listed = getattr(values, "list", None)
    # Options of a group that match a pattern: as many as there are files.
    return len(listed) if listed is not None else sum(1 for _ in override.sweep_iterator())


def _steps(values: RangeSweep, text: str) -> int:
    numbers = [0 if number is None else number for number in (values.start, values.stop)]
    endless = any(
        isinstance(each, float) and not math.isfinite(each) for each in (*numbers, values.step)
    )
    if endless or not values.step:
        raise Refused(
            f"{text}: must be a range from one number to another, in steps that are not 0"
        )
    start, stop = map(Fraction, numbers)
    return max(0, math.ceil((stop - start) / Fraction(values.step)))


def _text(override: Override) -> str:
    text = override.input_line or override.get_key_element()
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _number(count: int) -> str:
    # Python does not write out numbers of thousands of digits.
    return f"{count:,}" if count < 10**15 else "more than 10^15"
