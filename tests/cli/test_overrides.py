"""Overrides of every kind: each works as Hydra's documentation says, or is refused by its name.

To compose takes a tenth of a second: of each table only the first rows are for every day.
"""

import functools
from collections.abc import Sequence
from typing import Any

import pytest

from runner.cli.failure import is_refusal, reason
from runner.settings import Settings
from tests.helpers.composing import point_of, points_of
from tests.helpers.typed_overrides import REFUSED, SEVERAL, SEVERAL_REFUSED, SINGLE


def _rows(table: Sequence[tuple[Any, ...]], quick: int) -> list[Any]:
    long = pytest.mark.long
    return [pytest.param(*row, marks=[long] * (at >= quick)) for at, row in enumerate(table)]


@pytest.mark.parametrize(("typed", "setting", "value"), _rows(SINGLE, 2))
def test_a_single_point(typed: list[str], setting: str, value: object) -> None:
    assert repr(_value(point_of(*typed), setting)) == repr(value)


@pytest.mark.parametrize(("typed", "setting", "values"), _rows(SEVERAL, 2))
def test_several_points(typed: list[str], setting: str, values: dict[str, Any]) -> None:
    found = {name: _value(point, setting) for name, point in points_of(*typed).items()}
    assert {name: repr(value) for name, value in found.items()} == {
        name: repr(value) for name, value in values.items()
    }


@pytest.mark.parametrize(("typed", "start"), _rows(REFUSED, 4))
def test_a_single_point_is_refused(typed: list[str], start: str) -> None:
    with pytest.raises(Exception) as error:  # noqa: PT011 (of Hydra's, or of ours)
        point_of(*typed)
    _require(error.value, start)


@pytest.mark.parametrize(("typed", "start"), _rows(SEVERAL_REFUSED, 1))
def test_several_points_are_refused(typed: list[str], start: str) -> None:
    with pytest.raises(Exception) as error:  # noqa: PT011 (of Hydra's, or of ours)
        points_of(*typed)
    _require(error.value, start)


def _require(error: BaseException, start: str) -> None:
    assert is_refusal(error)
    line = reason(error)
    assert line.startswith(start)
    assert "\n" not in line


def _value(point: Settings, setting: str) -> object:
    value: object = functools.reduce(getattr, setting.split("."), point)
    # Members of an enumeration are texts.
    return tuple(map(str, value)) if isinstance(value, tuple) else value
