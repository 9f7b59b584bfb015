from collections.abc import Callable
from dataclasses import replace

import pytest

from benchmarks.fixtures.simulated_nights import SWEEP, Simulated
from runner.nightly.history.points import File, NightPoint
from runner.nightly.history.records import Night, NightSweep, Pick
from runner.nightly.judge.regression import Judgement, Kind
from tests.helpers.drawn_nights import (
    GOOD,
    POINT,
    TARGET,
    TONIGHT,
    WINDOW,
    found_in,
    judged,
    lower,
)


def _bigger(figure: str, times: float) -> Callable[[File], File]:
    return lambda file: replace(file, **{figure: getattr(file, figure) * times})


def _with(night: Simulated, change: Callable[[NightPoint], NightPoint | None]) -> Simulated:
    points = [change(each) for each in night.sweep.points.values()]
    return night.with_points([each for each in points if each])


def _sweep(night: Simulated, **changed: object) -> Night:
    sweep = replace(night.sweep, **changed)  # type: ignore[arg-type]
    return replace(night.night, sweeps={SWEEP: sweep})


def test_a_night_like_the_others_has_no_findings() -> None:
    assert judged(TONIGHT.night) == Judgement(True, ())


@pytest.mark.parametrize(
    ("point", "target"), [(None, None), (POINT, None), (None, TARGET), (POINT, TARGET)]
)
def test_a_fall_of_accuracy_is_found_where_it_is(point: str | None, target: str | None) -> None:
    by = 0.005 if target else 0.02
    assert (Kind.ACCURACY, point, target) in found_in(TONIGHT.changed(lower(by), point, target))


def test_a_fall_of_one_point_says_figures() -> None:
    night = TONIGHT.changed(lower(0.03), POINT)
    (finding,) = [each for each in judged(night.night).findings if each.point]
    assert finding.usual is not None
    assert finding.tonight is not None
    assert finding.usual == pytest.approx(0.974, abs=0.002)
    assert finding.usual - finding.tonight == pytest.approx(0.03, abs=0.01)
    assert finding.text.startswith(f"{SWEEP}, {POINT}: accuracy {finding.tonight:.2%}, usually ")


@pytest.mark.parametrize("target", [None, TARGET])
@pytest.mark.parametrize("point", [None, POINT])
def test_growth_of_files_is_found_once(point: str | None, target: str | None) -> None:
    larger = TONIGHT.changed(_bigger("size_bytes", 1.05), point, target)
    assert found_in(larger) == [(Kind.SIZE, point, target)]
    zipped = TONIGHT.changed(_bigger("zip_bytes", 1.05), point, target)
    assert (Kind.ZIPPED_SIZE, point, target) in found_in(zipped)
    assert not found_in(TONIGHT.changed(_bigger("size_bytes", 0.9), point, target))


def test_a_point_that_is_worse_than_a_worse_sweep_is_a_finding_besides() -> None:
    night = TONIGHT.changed(_bigger("size_bytes", 1.05)).changed(_bigger("size_bytes", 1.05), POINT)
    assert found_in(night) == [(Kind.SIZE, None, None), (Kind.SIZE, POINT, None)]


def test_better_figures_are_no_findings() -> None:
    assert not found_in(TONIGHT.changed(lower(-0.02)))
    assert not found_in(TONIGHT.changed(lower(-0.02), POINT))
    others = [f"point {number}" for number in range(12) if f"point {number}" != POINT]
    night = TONIGHT
    for other in others:
        night = night.changed(lower(-0.02), other)
    assert not found_in(night)


def test_a_slow_night_and_a_slow_point_are_found() -> None:
    def slower(times: float, name: str | None = None) -> Simulated:
        return _with(
            TONIGHT,
            lambda each: (
                replace(each, seconds=(each.seconds or 0) * times)
                if name in (None, each.name)
                else each
            ),
        )

    assert found_in(slower(1.8)) == [(Kind.TIME, None, None)]
    assert found_in(slower(1.8, POINT)) == [(Kind.TIME, POINT, None)]
    assert not found_in(slower(1.2))
    assert not found_in(_with(TONIGHT, lambda each: replace(each, seconds=None)))


def test_a_missing_point_a_failed_point_and_a_missing_file_are_found() -> None:
    gone = _with(TONIGHT, lambda each: None if each.name == POINT else each)
    assert found_in(gone) == [(Kind.MISSING, POINT, None)]
    failed = _with(
        TONIGHT, lambda each: replace(each, status="FAILED") if each.name == POINT else each
    )
    assert found_in(failed) == [(Kind.FAILED, POINT, None)]
    less = _with(
        TONIGHT,
        lambda each: replace(each, files={k: v for k, v in each.files.items() if k != "h5"}),
    )
    assert found_in(less) == [(Kind.MISSING, f"point {number}", "h5") for number in range(12)]


def test_a_missing_sweep_is_one_finding() -> None:
    assert found_in(replace(TONIGHT.night, sweeps={})) == [(Kind.MISSING, None, None)]


def test_points_left_for_the_next_night_are_neither_missing_nor_a_worse_pick() -> None:
    usual = GOOD[0].sweep.pick
    assert usual is not None
    kept = [each for each in TONIGHT.sweep.points.values() if each.name not in (usual.point, POINT)]
    night = TONIGHT.with_points(kept)
    assert {kind for kind, _, _ in found_in(night)} >= {Kind.MISSING}
    assert not found_in(_sweep(night, postponed=("point 5", "point 11", POINT)))


def test_a_point_that_good_nights_had_not_finished_gets_no_verdict() -> None:
    good = [
        _with(each, lambda point: replace(point, status="FAILED") if point.name == POINT else point)
        for each in GOOD
    ]
    failed = _with(
        TONIGHT, lambda each: replace(each, status="KILLED") if each.name == POINT else each
    )
    assert not found_in(failed, good)
    assert not found_in(TONIGHT.changed(lower(0.5), POINT), good)


def test_a_new_target_gets_no_verdict() -> None:
    good = [
        _with(
            each,
            lambda point: replace(point, files={k: v for k, v in point.files.items() if k != "h5"}),
        )
        for each in GOOD[:-2]
    ] + GOOD[-2:]
    assert not found_in(TONIGHT.changed(lower(0.5), None, "h5"), good)


def test_nights_that_lack_points_still_judge_the_others() -> None:
    good = [
        _with(each, lambda point: None if point.name in (POINT, "point 1") else point)
        for each in GOOD[:7]
    ] + GOOD[7:]
    assert not found_in(TONIGHT, good)
    assert (Kind.ACCURACY, None, None) in found_in(TONIGHT.changed(lower(0.02)), good)


def test_below_three_good_nights_there_is_no_verdict() -> None:
    bad = TONIGHT.changed(lower(0.5)).night
    for count in range(3):
        assert judged(bad, GOOD[:count]) == Judgement(False, ())
    assert judged(bad, GOOD[:3]).findings


def _constant(accuracy: float = 0.95, size: float = 1000) -> Simulated:
    points = {
        name: NightPoint(name, "FINISHED", 10.0, {"h5": File(accuracy, accuracy, size, size)})
        for name in ("a", "b")
    }
    sweep = NightSweep(SWEEP, points, Pick("a", "h5", size, accuracy))
    return Simulated(Night("n", "n", {SWEEP: sweep}, {}), 0.96)


def test_after_constant_nights_the_floor_decides() -> None:
    good = [_constant()] * WINDOW
    assert not found_in(_constant(), good)
    assert not found_in(_constant(0.9481, 1000), good)
    assert (Kind.ACCURACY, None, None) in found_in(_constant(0.9479, 1000), good)
    assert {kind for kind, _, _ in found_in(_constant(size=1001), good)} == {Kind.SIZE}
    kinds = {kind for kind, _, _ in found_in(_constant(size=1021), good)}
    assert kinds == {Kind.SIZE, Kind.ZIPPED_SIZE, Kind.PICK}


def test_a_night_far_off_among_the_good_ones_does_not_hide_a_fall() -> None:
    good = [*GOOD[:5], GOOD[5].changed(lower(0.3)), *GOOD[6:]]
    assert (Kind.ACCURACY, None, None) in found_in(TONIGHT.changed(lower(0.02)), good)


def _same_pick() -> tuple[Pick, list[Simulated]]:
    """The pick of tonight, and good nights that all picked that file."""
    usual = TONIGHT.sweep.pick
    assert usual is not None
    good = [
        replace(each, night=_sweep(each, pick=_pick_of(each, usual.point, usual.target)))
        for each in GOOD
    ]
    return usual, good


def test_a_worse_pick_is_found_and_one_moved_by_luck_is_not() -> None:
    usual, good = _same_pick()
    larger = replace(usual, zip_bytes=usual.zip_bytes * 1.1)
    assert found_in(_sweep(TONIGHT, pick=larger), good) == [(Kind.PICK, usual.point, usual.target)]
    other = _pick_of(TONIGHT, "point 0", usual.target)
    assert other.zip_bytes > 2 * usual.zip_bytes
    assert not found_in(_sweep(TONIGHT, pick=other), good)
    worse = TONIGHT.changed(_bigger("zip_bytes", 3), usual.point)
    found = found_in(_sweep(worse, pick=other), good)
    assert (Kind.PICK, "point 0", usual.target) in found
    assert (Kind.PICK, usual.point, usual.target) in found_in(_sweep(worse, pick=None), good)


def test_a_pick_lost_to_chance_is_found_however_its_file_does() -> None:
    usual, good = _same_pick()
    assert not found_in(_sweep(TONIGHT, pick=None), good)
    lost = _sweep(TONIGHT, pick=None, warnings=("The baseline is at chance.",))
    (finding,) = judged(lost, good).findings
    assert (finding.kind, finding.point, finding.tonight) == (Kind.PICK, usual.point, None)
    assert finding.text.endswith(", and now no file is fit: The baseline is at chance.")
    # Without a pick on good nights there is none to lose, and the verdict says why all the same.
    none = [replace(each, night=_sweep(each, pick=None)) for each in GOOD]
    assert not found_in(lost, none)


def _pick_of(night: Simulated, point: str, target: str) -> Pick:
    file = night.sweep.points[point].files[target]
    return Pick(point, target, file.zip_bytes, file.validation_accuracy)


def _of_batch(night: Simulated, batch: str, sizes: float = 1.0) -> Simulated:
    """Give a night's files a batch dimension, and other sizes."""
    resized = night.changed(_bigger("size_bytes", sizes)).changed(_bigger("zip_bytes", sizes))
    facts = {f"settings/{SWEEP}/export.batch": batch}
    return replace(resized, night=replace(resized.night, facts=facts))


SIZES = {Kind.SIZE, Kind.ZIPPED_SIZE, Kind.PICK}
UNJUDGED = (
    f"{SWEEP}: sizes are not judged against nights before, whose files had another batch dimension",
)


@pytest.mark.parametrize("nights_of_batch", [0, 2])
def test_sizes_are_not_judged_by_files_with_another_batch(nights_of_batch: int) -> None:
    first = [_of_batch(each, "1", 1.5) for each in GOOD[:nights_of_batch]]
    good = [*GOOD[nights_of_batch:], *first]
    tonight = _of_batch(TONIGHT, "1", 1.5)
    assert judged(tonight.night, good) == Judgement(True, (), UNJUDGED)
    assert {kind for kind, _, _ in found_in(TONIGHT.changed(_bigger("zip_bytes", 1.5)))} & SIZES
    worse = found_in(tonight.changed(lower(0.02)), good)
    assert (Kind.ACCURACY, None, None) in worse
    assert not {Kind.SIZE, Kind.ZIPPED_SIZE} & {kind for kind, _, _ in worse}
    gone = replace(tonight.night, sweeps={})
    assert found_in(gone, good) == [(Kind.MISSING, None, None)]


def test_sizes_are_judged_by_the_nights_of_the_same_batch() -> None:
    good = [*GOOD[:-3], *(_of_batch(each, "1", 1.5) for each in GOOD[-3:])]
    assert judged(_of_batch(TONIGHT, "1", 1.5).night, good) == Judgement(True, ())
    larger = _of_batch(TONIGHT, "1", 1.5 * 1.05)
    assert (Kind.SIZE, None, None) in found_in(larger, good)
    assert not found_in(_of_batch(TONIGHT, "1", 1.0), good)


def test_a_pick_whose_accuracy_falls_is_found_whatever_its_batch() -> None:
    usual = TONIGHT.sweep.pick
    assert usual is not None
    good = [
        replace(each, night=_sweep(each, pick=_pick_of(each, usual.point, usual.target)))
        for each in GOOD
    ]
    fallen = replace(usual, validation_accuracy=usual.validation_accuracy - 0.1)
    tonight = _of_batch(TONIGHT, "1", 1.5)
    assert found_in(_sweep(tonight, pick=fallen), good) == [(Kind.PICK, usual.point, usual.target)]
    larger = replace(usual, zip_bytes=usual.zip_bytes * 1.5)
    assert not found_in(_sweep(tonight, pick=larger), good)
