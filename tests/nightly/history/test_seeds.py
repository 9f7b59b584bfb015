"""Several seeds of a night are one figure, with its spread."""

import math

from runner.nightly.history.points import File, NightPoint, without_seed
from runner.nightly.history.records import Night, NightSweep, Pick
from runner.nightly.history.seeds import merge_night, merge_seeds, seeds_without_figure
from runner.nightly.judge.findings import Kind
from runner.nightly.judge.missing import missing
from runner.nightly.judge.regression import Tolerance
from runner.nightly.judge.verdict import judge


def _point(name: str, accuracy: float, status: str = "FINISHED") -> NightPoint:
    finished = status == "FINISHED"
    files = {"h5": File(accuracy, accuracy, 100.0, 90.0)} if finished else {}
    return NightPoint(name, status, 10.0, files, "" if finished else "out of memory")


def test_a_name_is_told_without_its_seed() -> None:
    names = ["0.5→0.8 2 epochs seed=1", "seed=2", "seed=3 epochs=4", "my_seed=4", "one point"]
    assert [without_seed(name) for name in names] == [
        "0.5→0.8 2 epochs",
        "one point",
        "epochs=4",
        "my_seed=4",
        "one point",
    ]


def test_seeds_are_means_with_their_spread() -> None:
    points = [_point(f"a seed={seed}", 0.90 + seed / 100) for seed in (1, 2, 3)]
    merged = merge_seeds([*points, _point("b", 0.5)], [])
    assert list(merged) == ["a", "b"]
    file = merged["a"].files["h5"]
    assert math.isclose(file.accuracy, 0.92)
    assert math.isclose(file.spread, 0.01)
    assert (file.seeds, file.zip_bytes, merged["a"].seconds) == (3, 90.0, 10.0)
    assert merged["a"].parts == ("a seed=1", "a seed=2", "a seed=3")
    assert merged["b"].files["h5"].seeds == 1


def test_a_seed_that_failed_fails_the_figure_and_one_that_is_postponed_postpones_it() -> None:
    points = [_point("a seed=1", 0.9), _point("a seed=2", 0.9, "FAILED")]
    failed = merge_seeds(points, [])["a"]
    assert (failed.status, failed.files) == ("FAILED", {})
    assert failed.error == "a seed=2: out of memory"
    sweep = NightSweep("s", merge_seeds(points[:1] * 2, ["a seed=2"]), None, ("a seed=2",))
    assert sweep.points == {}
    assert "a" in sweep.postponed_points


def _night(points: list[NightPoint], postponed: tuple[str, ...]) -> Night:
    merged = merge_seeds(points, postponed)
    alone = seeds_without_figure(points, merged)
    sweep = NightSweep("s", merged, None, postponed, seeds_without_figure=alone)
    return Night("1", "1", {"s": sweep})


def test_a_seed_that_failed_is_told_whatever_became_of_the_others() -> None:
    points = [_point("a seed=1", 0.9, "FAILED"), _point("a seed=2", 0.9)]
    for each in (points, points[:1]):
        night = _night([*each, _point("b", 0.9)], ("a seed=3",))
        verdict = judge(night, [], Tolerance(), [])
        assert verdict.failures == ("s, a: FAILED, a seed=1: out of memory",)
        assert night.progress == f"{len(each)} of {len(each) + 2}"
        # One that good nights had is worse, too, and not only left for later.
        good = _night([_point("a seed=1", 0.9), _point("a seed=2", 0.9)], ())
        assert [(found.kind, found.point) for found in missing(night, [good])] == [
            (Kind.FAILED, "a")
        ]


def test_all_seeds_that_failed_are_told() -> None:
    points = [_point(f"a seed={seed}", 0.9, "FAILED") for seed in (1, 2)]
    error = merge_seeds(points, [])["a"].error
    assert error == "a seed=1: out of memory; a seed=2: out of memory"


def test_a_setting_with_seeds_that_are_postponed_has_no_figure() -> None:
    stopped = _point("a seed=3", 0.9, "KILLED")
    for points in ([_point("a seed=1", 0.9)], [_point("a seed=1", 0.9), stopped]):
        night = _night([*points, _point("b", 0.9)], ("a seed=2", "a seed=3"))
        (sweep,) = night.sweeps.values()
        assert [*sweep.points] == ["b"]
        assert judge(night, [], Tolerance(), []).failures == ()
        assert night.progress == "2 of 4"
        assert sorted(sweep.names) == ["a seed=1", "a seed=2", "a seed=3", "b"]
        assert Night.from_dict(night.as_dict()) == night
        assert merge_night(night) == night
        good = _night([_point(f"a seed={seed}", 0.9) for seed in (1, 2, 3)], ())
        assert good.progress == "3 of 3"
        assert [*missing(night, [good])] == []


def test_points_without_a_seed_are_no_group() -> None:
    night = _night([_point("a", 0.9, "KILLED"), _point("b", 0.9)], ("a", "c"))
    assert [*night.sweeps["s"].points] == ["a", "b"]
    assert judge(night, [], Tolerance(), []).failures == ()
    assert night.progress == "1 of 3"


def test_a_night_of_before_is_read_as_one_of_today() -> None:
    points = {name: _point(name, 0.9) for name in ("a seed=1", "a seed=2")}
    before = Night("1", "1", {"s": NightSweep("s", points, Pick("a seed=2", "h5", 90.0, 0.9))})
    night = merge_night(Night.from_dict(before.as_dict()))
    (sweep,) = night.sweeps.values()
    assert list(sweep.points) == ["a"]
    assert sweep.pick is not None
    assert sweep.pick.point == "a"
    assert merge_night(night) == night
    assert Night.from_dict(night.as_dict()) == night
