"""An interval stands for values that a person would type."""

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser

from runner.errors import Refused
from runner.planning.candidates import expand
from runner.planning.interval import with_values


def values(typed: str) -> list[float]:
    (override,) = OverridesParser.create().parse_overrides([typed])
    return [float(value) for value in with_values(override).partition("=")[2].split(",")]


def test_it_has_round_values_and_both_ends() -> None:
    found = values("schedule.final_sparsity=interval(0.5,0.975)")
    assert found[:3] == [0.5, 0.51, 0.52]
    assert found[-2:] == [0.97, 0.975]


def test_whole_numbers_stay_whole() -> None:
    (override,) = OverridesParser.create().parse_overrides(["schedule.epochs=int(interval(1,8))"])
    assert with_values(override) == "schedule.epochs=1,2,3,4,5,6,7,8"


def test_the_tag_log_keeps_ratios() -> None:
    found = values("schedule.learning_rate=tag(log,interval(0.0001,0.004))")
    assert found[:4] == [0.0001, 0.00015, 0.0002, 0.0003]
    assert found[-2:] == [0.003, 0.004]


@pytest.mark.parametrize("typed", ["seed=interval(2,1)", "seed=tag(log,interval(0,1))"])
def test_what_is_no_interval_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match="must be an interval"):
        values(typed)


def test_it_multiplies_with_lists() -> None:
    typed = ["seed=0,1", "schedule.final_sparsity=interval(0.5,0.52)"]
    assert len(expand({}, [], typed, intervals=True)) == 2 * len(values(typed[1]))
