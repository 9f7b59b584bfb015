"""Describe the settings of a sweep as Optuna takes them: one choice on each of several axes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from optuna.distributions import BaseDistribution, CategoricalDistribution, IntDistribution

from runner.search.setting import Setting

# A number on each axis, in the order of the axes.
Position = tuple[int, ...]


@dataclass(frozen=True)
class Axis:
    """One setting that varies.

    Attributes:
        options: its values; those that are numbers in their order.
        ordered: whether all are numbers, so that samplers may use the order.
    """

    name: str
    options: tuple[str, ...]
    ordered: bool

    @property
    def distribution(self) -> BaseDistribution:
        """What Optuna draws a number of an option from."""
        if self.ordered:
            return IntDistribution(0, len(self.options) - 1)
        return CategoricalDistribution(range(len(self.options)))

    def steps(self, one: int, other: int) -> int:
        """Return how far two options lie apart."""
        return abs(one - other) if self.ordered else int(one != other)


class Axes:
    """All settings that vary, and the place of each position among the settings of a sweep."""

    def __init__(self, settings: Sequence[Setting]) -> None:
        """Take the settings."""
        names = dict.fromkeys(name for setting in settings for name in setting.values)
        self._axes = [_axis(name, settings) for name in names]
        self._positions = [self._position(setting) for setting in settings]
        self._places = {position: place for place, position in enumerate(self._positions)}

    @property
    def distributions(self) -> dict[str, BaseDistribution]:
        """What Optuna draws a setting from."""
        return {axis.name: axis.distribution for axis in self._axes}

    def place(self, numbers: Mapping[str, int]) -> int | None:
        """Return the place of the setting that was drawn; None where the sweep has no such one."""
        return self._places.get(tuple(numbers[axis.name] for axis in self._axes))

    def numbers(self, place: int) -> dict[str, int]:
        """Return a setting as Optuna would have drawn it."""
        names = [axis.name for axis in self._axes]
        return dict(zip(names, self._positions[place], strict=True))

    def steps(self, place: int, numbers: Mapping[str, int]) -> int:
        """Return how many steps along the axes lie between a setting and what was drawn."""
        own = self.numbers(place)
        return sum(axis.steps(own[axis.name], numbers[axis.name]) for axis in self._axes)

    def _position(self, setting: Setting) -> Position:
        values = [setting.values.get(axis.name, "") for axis in self._axes]
        pairs = zip(self._axes, values, strict=True)
        return tuple(axis.options.index(value) for axis, value in pairs)


def _axis(name: str, settings: Sequence[Setting]) -> Axis:
    numbers = {setting.values.get(name, ""): setting.number(name) for setting in settings}
    sizes = {value: number for value, number in numbers.items() if number is not None}
    if len(sizes) == len(numbers):
        return Axis(name, tuple(sorted(sizes, key=sizes.__getitem__)), ordered=True)
    return Axis(name, tuple(sorted(numbers)), ordered=False)
