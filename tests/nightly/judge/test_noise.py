"""Clean nights and falls, drawn at the noise of real ones: how often each of them alarms."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.fixtures.simulated_nights import MIXES, Mix, Simulated, draw
from runner.nightly.history.records import Night, NightSweep
from runner.nightly.judge.noise import noise, sidak_level
from runner.nightly.judge.regression import Kind, changes
from tests.helpers.drawn_nights import POINT, TOLERANCE, TONIGHT, WINDOW, found_in, judged, lower

pytestmark = pytest.mark.long


@pytest.mark.parametrize("mix", MIXES, ids=lambda mix: mix.name)
def test_at_most_one_clean_night_in_a_hundred_alarms(mix: Mix) -> None:
    nights = draw(300 + WINDOW, mix, np.random.default_rng(1))
    windows = [nights[first : first + WINDOW + 1] for first in range(300)]
    assert sum(bool(found_in(each[-1], each[:-1])) for each in windows) <= 3


@pytest.mark.parametrize("mix", MIXES, ids=lambda mix: mix.name)
def test_every_fall_of_a_sweep_by_more_than_three_spreads_is_caught(mix: Mix) -> None:
    nights = draw(100 + WINDOW, mix, np.random.default_rng(2))
    for first in range(100):
        good, tonight = nights[first : first + WINDOW], nights[first + WINDOW]
        means = np.array([[_mean(each)] for each in good])
        known = noise(means, TOLERANCE.spreads, 1.0)
        fall = max(3.01 * known.spread[0], TOLERANCE.accuracy + 1e-6)
        by = _mean(tonight) - known.usual[0] + fall
        assert (Kind.ACCURACY, None, None) in found_in(tonight.changed(lower(by)), good)


def _mean(night: Simulated) -> float:
    points = night.sweep.points.values()
    return float(np.mean([file.accuracy for each in points for file in each.files.values()]))


def test_figures_that_are_no_numbers_are_left_out() -> None:
    night = TONIGHT.changed(lambda file: replace(file, accuracy=math.nan, zip_bytes=0.0), POINT)
    assert not judged(night.night).findings
    fallen = judged(night.changed(lower(0.02), "point 1").night).findings
    assert fallen
    assert all(math.isfinite(each.usual or 0) and "nan" not in each.text for each in fallen)


def test_student_agrees_with_printed_tables() -> None:
    for level, freedom, expected in (
        (0.05, 1, 6.314), (0.001, 2, 22.327), (0.005, 13, 3.012), (0.0005, 120, 3.373),
    ):  # fmt: skip
        assert _student(level, freedom) == pytest.approx(expected, abs=2e-3)
    assert _student(1.0, 10**6, spreads=3.0) == pytest.approx(3, abs=1e-4)
    assert 1 - (1 - sidak_level(0.01, 60)) ** 60 == pytest.approx(0.01)


def _student(level: float, freedom: int, spreads: float = 0.1) -> float:
    """Read the quantile off the limit of a series of this many nights and one more."""
    nights = np.arange(freedom + 1.0)[:, np.newaxis]
    deviation = np.sqrt(np.var(nights, ddof=1) * (1 + math.pi / 2 / len(nights)))
    return float(noise(nights, spreads, level).limit[0] / deviation)


def test_three_spreads_are_as_rare_after_few_nights() -> None:
    generator = np.random.default_rng(5)
    for nights in (3, 7, 14):
        drawn = generator.normal(size=(4000, nights + 1, 1))
        passed = 0
        for each in drawn:
            known = noise(each[:-1], 3.0, 1.0)
            passed += bool(each[-1, 0] > known.usual[0] + 3 * known.spread[0])
        assert passed / len(drawn) < 0.003


def test_changes_names_versions_commits_and_settings() -> None:
    before = {"versions": "python 3.12.1, tensorflow 2.20.0, old 1", "commit": "a",
              "settings/mnist/schedule.epochs": "2", "same": "x"}  # fmt: skip
    now = {"versions": "python 3.12.1, tensorflow 2.21.0", "commit": "b",
           "settings/mnist/schedule.epochs": "3", "same": "x"}  # fmt: skip
    told = changes(Night("b", "2", {}, now), Night("a", "1", {}, before))
    assert told == [
        "tensorflow 2.20.0 -> 2.21.0",
        "old 1 -> none",
        "commit a -> b",
        "settings/mnist/schedule.epochs: 2 -> 3",
    ]
    assert not changes(Night("b", "2", {}, now), Night("a", "1", {}, now))


def test_a_night_comes_back_from_json() -> None:
    night = replace(TONIGHT.night, facts={"commit": "a"})
    night = replace(night, sweeps={**night.sweeps, "none": NightSweep("none", {}, None, ("x",))})
    assert Night.from_dict(json.loads(json.dumps(night.as_dict()))) == night
