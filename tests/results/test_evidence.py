"""What the images say of a decision, and each step's share of the reduction."""

import math
import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from runner.measure.correct_table import Correct
from runner.results.decision import decision
from runner.results.evidence import Evidence
from runner.results.evidence_words import in_brief, sentences
from runner.results.limits import Limits
from runner.results.rows import Row
from runner.settings.targets import Target
from runner.statistics.certainty import Certainty
from runner.tracking import Record

_IMAGES = 1000
_INT8, _H5 = Target.TFLITE_INT8, Target.H5


def _answers(wrong: int) -> Correct:
    right = np.arange(_IMAGES) >= wrong
    return Correct("digest", right, right)


def _run(name: str, zipped: dict[Target, int], wrong: int, **params: str) -> Record:
    share = 1 - wrong / _IMAGES
    metrics: dict[str, float] = {}
    for target, size in zipped.items():
        figures = {"size_bytes": size, "zip_bytes": size, "zip_ratio": 1000 / size}
        figures |= {"accuracy": share, "validation_accuracy": share}
        metrics |= {f"{figure}/{target}": float(value) for figure, value in figures.items()}
    return Record(name, name, "FINISHED", params, {}, metrics, f"/runs/{name}")


_DENSE = _run("dense", {_H5: 1000, _INT8: 250}, 10)


def _row(name: str, size: int, wrong: int, **params: str) -> Row:
    point = _run(name, {_INT8: size}, wrong, point=name, **params)
    answers = {_INT8: _answers(wrong)}
    return Row(point, _DENSE, correct=answers, baseline_correct={_H5: _answers(10)})


def _evidence(rows: Sequence[Row], limits: Limits) -> Evidence:
    found = Evidence.of(decision(rows, limits))
    assert found is not None
    return found


def test_a_file_near_its_limit_is_too_close_and_the_next_certain_one_is_named() -> None:
    rows = [_row("a", 50, 19), _row("b", 60, 11)]
    found = _evidence(rows, Limits(0.01))
    assert (found.candidate.file.point.name, found.certainty) == ("a", Certainty.TOO_CLOSE)
    assert found.certain is not None
    assert found.certain.file.point.name == "b"
    assert found.images_needed is not None
    assert found.images_needed > _IMAGES
    assert in_brief(found) == "whether its drop is within 1 point is too close to tell"
    said = sentences(found)
    assert said[0] == (
        "On 1,000 validation images it drops 0.90 points (95 % interval 0.28 to 1.71, "
        "not adjusted for choosing among files): too close to tell whether it is within 1 point."
    )
    assert said[1].startswith("1,000 images tell a drop like this to ±0.7 points; about ")
    assert said[2] == (
        "The smallest that is within 1 point with 95 % confidence: tflite_int8 of b, 60 bytes "
        "zipped."
    )
    assert re.fullmatch(
        r"On images like these, this choice kept the limit in \d+ % of 2,000 resamplings\.",
        said[3],
    )
    assert said[4] == (
        "On 1,000 test images it drops 0.90 points (0.28 to 1.71): too close to tell there too."
    )


def test_a_file_that_breaks_its_limit_on_the_test_images_is_told() -> None:
    row = _row("a", 50, 19)
    answers = Correct("digest", _answers(19).validation, _answers(22).test)
    found = _evidence([replace(row, correct={_INT8: answers})], Limits(0.01))
    assert "drops 1.20 points (0.52 to 2.09)" in sentences(found)[-2]
    assert sentences(found)[-2].endswith(": more than the limit, yet too close to tell.")


def test_three_seeds_are_told_with_their_range_and_the_worst_one() -> None:
    rows = [_row("a", 50, wrong, seed=str(seed)) for seed, wrong in enumerate((11, 12, 25))]
    found = _evidence([_of_one_setting(row) for row in rows], Limits(0.01))
    assert sentences(found)[0] == (
        "On 1,000 validation images it drops 0.60 points on average over 3 seeds (spread 0.78, "
        "from 0.10 to 1.50, the worst seed=2, not adjusted for choosing among files): too close "
        "to tell whether it is within 1 point, by "
        "each seed's own 95 % interval."
    )
    assert sentences(found)[1] == "More seeds and more validation images may settle it."


def _of_one_setting(row: Row) -> Row:
    return replace(row, point=replace(row.point, id=f"a {row.point.params['seed']}"))


def test_what_a_confidence_settles_is_told_with_it() -> None:
    rows = [_row("a", 50, 19), _row("b", 60, 11)]
    found = _evidence(rows, Limits(0.01, confidence=0.99))
    assert in_brief(found) == "its drop is within 1 point with 99 % confidence"
    assert "99 % interval" in sentences(found)[0]
    assert sentences(found)[0].endswith(": within 1 point.")
    none = _evidence(rows[:1], Limits(0.01, max_bytes=60, confidence=0.99))
    assert (
        "Of the files to choose from, none is within 1 point with 99 % confidence and keeps the "
        "other limits." in sentences(none)
    )


def test_how_often_the_way_of_choosing_keeps_its_limit_is_said() -> None:
    sure = _evidence([_row("a", 50, 10)], Limits(0.01)).kept
    close = _evidence([_row("a", 50, 20), _row("b", 60, 10)], Limits(0.01)).kept
    assert sure is not None
    assert close is not None
    assert sure.kept == sure.chosen == sure.resamples
    assert close.kept < sure.kept


def test_without_the_answers_nothing_is_claimed() -> None:
    old = replace(_row("a", 50, 10), correct={})
    found = _evidence([old], Limits(0.01))
    assert (found.certainty, found.kept, found.images_needed, found.certain) == (None,) * 4
    assert any("was not measured" in text for text in sentences(found))
    counted = _evidence([replace(old, images=(_IMAGES, _IMAGES))], Limits(0.01))
    first, *_ = sentences(counted)
    assert "unpaired, since the sweep did not keep which images each file gets right" in first


def test_where_nothing_qualifies_the_closest_is_told() -> None:
    found = _evidence([_row("a", 50, 900)], Limits(0.01))
    assert (found.certainty, found.kept) == (Certainty.BEYOND, None)


def test_each_step_has_its_share_of_the_reduction() -> None:
    pruned = _row("a", 100, 10)
    steps = _evidence([pruned], Limits(0.01)).reduction
    assert (steps.total, steps.conversion, steps.steps) == (10, 4, {"pruning": 2.5})
    assert str(steps) == (
        "10.0 times smaller than the dense h5: 4.0 by quantization, 2.5 by pruning"
    )


@pytest.mark.parametrize(
    ("with_pruned", "expected"),
    [(True, {"pruning": 2.5, "clustering": 2.0}), (False, {"pruning and clustering": 5.0})],
)
def test_clustering_is_told_from_pruning_where_a_point_was_only_pruned(
    with_pruned: bool, expected: dict[str, float]
) -> None:
    plain = _row("a", 100, 10, **{"compress.name": "none"})
    after = _row("a", 50, 10, **{"compress.name": "cluster", "compress.clusters": "16"})
    found = _evidence([plain, after] if with_pruned else [after], Limits(0.01))
    assert found.reduction.steps == expected


def test_the_reduction_counts_from_the_baseline_that_the_file_was_made_from() -> None:
    small = _run("small dense", {_H5: 400, _INT8: 200}, 12, network="small")
    found = _evidence([_row("a", 240, 10), replace(_row("b", 50, 12), baseline=small)], Limits(0.1))
    assert found.candidate.file.point.name == "b"
    assert str(found.reduction) == (
        "8.0 times smaller than the dense h5: 2.0 by quantization, 4.0 by pruning"
    )


def test_a_format_that_keeps_the_weights_is_no_quantization() -> None:
    target = Target.TFLITE_FLOAT32
    dense = _run("dense", {_H5: 1000, target: 900}, 10)
    point = _run("a", {target: 300}, 10)
    found = _evidence([Row(point, dense)], Limits(0.01))
    assert str(found.reduction) == (
        "3.3 times smaller than the dense h5: 1.1 by the format of TFLite, 3.0 by pruning"
    )


def test_without_a_dense_file_of_the_kind_quantization_and_pruning_are_one() -> None:
    dense = _run("dense", {_H5: 1000}, 10)
    found = _evidence([replace(_row("a", 100, 10), baseline=dense)], Limits(0.01))
    assert (found.reduction.conversion, found.reduction.steps) == (
        None,
        {"quantization and pruning": 10},
    )


def _cut(size: int, sparsity: str, share: str = "0.5", **params: str) -> Row:
    settings = {"schedule.initial_sparsity": "0.0", "schedule.final_sparsity": sparsity}
    given = {**settings, "channels.share": share, **params}
    row = _row(f"cut={share} {sparsity} {'-'.join(params.values())}", size, 10, **given)
    # What differs is its settings alone.
    plain = {name: value for name, value in row.point.params.items() if name != "point"}
    return replace(row, point=replace(row.point, params=plain))


_CLUSTERED = {"compress.name": "cluster"}


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([_cut(100, "0.0")], {"removing channels": 2.5, "pruning": 2.0}),
        ([_cut(100, "0.0", "0.25")], {"removing channels and pruning": 5.0}),
        ([_cut(100, "0.0", seed="2")], {"removing channels and pruning": 5.0}),
        ([], {"removing channels and pruning": 5.0}),
    ],
)
def test_removing_channels_is_told_from_pruning_where_a_point_was_not_pruned(
    others: list[Row], expected: dict[str, float]
) -> None:
    found = _evidence([*others, _cut(50, "0.7")], Limits(0.01))
    assert found.candidate.file.size == 50
    assert (found.reduction.conversion, found.reduction.steps) == (4, expected)
    assert math.prod(expected.values()) * 4 == found.reduction.total


def test_removing_channels_alone_is_no_pruning() -> None:
    found = _evidence([_cut(100, "0.0")], Limits(0.01))
    assert str(found.reduction) == (
        "10.0 times smaller than the dense h5: 4.0 by quantization, 2.5 by removing channels"
    )
    off = _evidence([_cut(100, "0.5", "0.0")], Limits(0.01))
    assert off.reduction.steps == {"pruning": 2.5}


def test_each_of_channels_pruning_and_clustering_has_its_share() -> None:
    cut, pruned, after = _cut(125, "0.0"), _cut(100, "0.7"), _cut(50, "0.7", **_CLUSTERED)
    for rows, steps in (
        ([cut, pruned], {"removing channels": 2.0, "pruning": 1.25, "clustering": 2.0}),
        ([cut], {"removing channels": 2.0, "pruning and clustering": 2.5}),
        ([pruned], {"removing channels and pruning": 2.5, "clustering": 2.0}),
        ([], {"removing channels and pruning and clustering": 5.0}),
    ):
        assert _evidence([*rows, after], Limits(0.01)).reduction.steps == steps
