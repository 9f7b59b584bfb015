"""Turn the values of an axis into pixels, and choose its ticks."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.report.svg.element import plain

# Of an axis without a range of its own: room at both ends, as a share.
_ROOM = 0.06
_TICKS = 6


@dataclass(frozen=True)
class Scale:
    """One axis.

    Attributes:
        places: of an axis of categories, the number of each.
        low: what stands at the start: a value, its power of ten, or half a category before.
        start: pixels.
        ticks: values, and what is written there.
    """

    is_log: bool
    places: Mapping[Any, int]
    low: float
    high: float
    start: float
    end: float
    ticks: tuple[tuple[Any, str], ...]

    def at(self, value: Any) -> float | None:
        """Return the pixel of a value; None where there is none."""
        number = self.places.get(value) if self.places else value
        if number is None or (self.is_log and number <= 0):
            return None
        return self.of(math.log10(number) if self.is_log else number)

    def of(self, number: float) -> float:
        """Return the pixel of a number as the axis counts: on a logarithmic one, of a power."""
        share = (number - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def holds(self, pixel: float) -> bool:
        """Tell whether a pixel is on the axis, or just beside it."""
        least, most = sorted((self.start, self.end))
        return least - 1 <= pixel <= most + 1

    @property
    def step(self) -> float:
        """Pixels of one category."""
        return abs(self.end - self.start) / max(len(self.places), 1)


def scale(axis: Any, values: Sequence[Any], start: float, end: float) -> Scale:
    """Return the scale of an axis of a figure.

    Args:
        values: all that is drawn along it.
        start: pixel of its low end, the bottom or the left.
    """
    if axis.type == "category":
        return _of_categories(axis, values, start, end)
    numbers = [float(value) for value in values if value is not None] or [0.0]
    if axis.range:
        low, high = axis.range
    else:
        room = (max(numbers) - min(numbers)) * _ROOM or abs(numbers[0]) * _ROOM or 0.5
        low, high = min(numbers) - room, max(numbers) + room
    return Scale(axis.type == "log", {}, low, high, start, end, _ticks(axis, low, high))


def written(value: Any, pattern: str | None) -> str:
    """Write a value in one of d3's formats that are Python's too."""
    if isinstance(value, str) or value is None:
        return value or ""
    return (
        format(value, pattern) if pattern else f"{value:,.4g}" if value < 1e4 else f"{value:,.0f}"
    )


def _of_categories(axis: Any, values: Sequence[Any], start: float, end: float) -> Scale:
    names = list(dict.fromkeys(values))
    places = {name: number for number, name in enumerate(names)}
    low, high = -0.5, len(names) - 0.5
    if axis.autorange == "reversed":
        low, high = high, low
    ticks = tuple((name, plain(str(name))) for name in names)
    return Scale(False, places, low, high, start, end, ticks)


def _ticks(axis: Any, low: float, high: float) -> tuple[tuple[Any, str], ...]:
    values = list(axis.tickvals or _round(low, high, axis.dtick))
    names = axis.ticktext or [written(value, axis.tickformat) for value in values]
    return tuple(zip(values, map(str, names), strict=True))


def _round(low: float, high: float, step: float | None) -> list[float]:
    """Return round numbers from low to high."""
    if not step:
        rough = (high - low) / _TICKS
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(each * power for each in (1, 2, 5, 10) if each * power >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(number * step, 10) for number in range(first, last + 1)]
