"""Points that differ in nothing but their seed are one candidate, judged by all of its files."""

from dataclasses import replace

import numpy as np
import pytest

from runner.measure.correct_table import Correct
from runner.results.choice import candidates
from runner.results.decision import Decision, decision
from runner.results.dense import best_dense
from runner.results.evidence import Evidence
from runner.results.evidence_words import sentences
from runner.results.limits import Limits
from runner.results.rows import Row
from runner.settings.targets import Target
from runner.statistics.certainty import Certainty
from runner.tracking import Record

# Images of each split.
_IMAGES = 1000
_H5 = Target.H5


def _correct(wrong: range, data: str = "digest") -> Correct:
    """Take the answers of a file that has these validation and test images wrong."""
    right = np.isin(np.arange(_IMAGES), wrong, invert=True)
    return Correct(data, right, right)


def _record(name: str, wrong: range, seed: str, zipped: float, **params: str) -> Record:
    share = 1 - len(wrong) / _IMAGES
    metrics = {
        "size_bytes/h5": zipped,
        "zip_bytes/h5": zipped,
        "zip_ratio/h5": 1000 / zipped,
        "accuracy/h5": share,
        "validation_accuracy/h5": share,
    }
    return Record(name, name, "FINISHED", {"seed": seed, **params}, {}, metrics, f"/runs/{name}")


def _row(name: str, wrong: range, seed: str = "0", zipped: float = 100) -> Row:
    """Make a point; the baselines of all seeds have the first ten images wrong."""
    return Row(
        _record(name, wrong, seed, zipped, point=name.split(maxsplit=1)[0]),
        _record(f"dense {seed}", range(10), seed, 1000),
        correct={_H5: _correct(wrong)},
        baseline_correct={_H5: _correct(range(10))},
    )


def _three(name: str, *wrong: int, zipped: float = 100) -> list[Row]:
    return [
        _row(f"{name} {seed}", range(number), str(seed), zipped)
        for seed, number in enumerate(wrong)
    ]


def _shipped(decided: Decision) -> str | None:
    return decided.file.point.name if decided.file else None


def test_seeds_are_judged_by_their_mean_and_the_median_one_is_shipped() -> None:
    rows = [*_three("a", 12, 35, 13), *_three("b", 15, 16, 17, zipped=200)]
    # One seed of the smaller setting is within the limit by far, and that would be luck.
    assert _shipped(decision(rows, Limits(0.006))) == "b 1"
    wider = decision(rows, Limits(0.01))
    assert _shipped(wider) == "a 2"
    assert wider.verdict.startswith("Ship h5 of a 2: the smallest file within 1 point of")
    assert wider.verdict.endswith(
        "(99.00%), on average over 3 seeds; the median seed's file itself drops 0.30 points."
    )
    assert wider.candidate is not None
    assert wider.candidate.drop == pytest.approx(0.01)
    assert wider.candidate.validation is not None
    assert wider.candidate.validation.drops == pytest.approx((0.002, 0.003, 0.025))


def test_with_confidence_every_one_of_few_seeds_must_be_within() -> None:
    rows = [*_three("a", 11, 11, 16), *_three("b", 11, 11, 11, zipped=200)]
    assert _shipped(decision(rows, Limits(0.006))) == "a 1"
    sure = decision(rows, Limits(0.006, confidence=0.95))
    assert _shipped(sure) == "b 1"
    assert sure.verdict.endswith(
        "validation accuracy (99.00%) with 95 % confidence, in each of 3 seeds; the median seed's "
        "file itself drops 0.10 points."
    )
    nothing = decision(rows, Limits(0.0005, confidence=0.95))
    assert nothing.file is None
    assert nothing.reason.startswith(
        "no file keeps --max-drop=0.0005 --confidence=0.95; the closest"
    )


def test_each_seed_is_paired_with_its_own_baseline() -> None:
    rows = _three("a", 20, 20)
    better = _record("dense 1", range(5), "1", 1000)
    rows[1] = replace(rows[1], baseline=better, baseline_correct={_H5: _correct(range(5))})
    (found,) = candidates(rows)
    assert [file.validation_drop for file in found.files] == pytest.approx([0.010, 0.015])
    assert found.validation is not None
    assert found.validation.drops == pytest.approx((0.010, 0.015))


def test_a_seed_that_failed_is_left_out_and_told() -> None:
    rows = _three("a", 12, 12)
    failed = Row(replace(rows[1].point, metrics={}, status="FAILED"), None)
    (found,) = candidates([rows[0], failed])
    assert [file.point.name for file in found.files] == ["a 0"]
    evidence = Evidence.of(decision([rows[0], failed], Limits(0.01)))
    assert evidence is not None
    assert (
        "This setting has no such file of seed=1: it is judged by its other seeds alone."
        in sentences(evidence)
    )


def test_a_baseline_that_lacks_a_seed_is_not_the_one_to_judge_by() -> None:
    """A network whose other seeds failed would lend its one seed to all."""
    better = replace(_record("dense better", range(5), "0", 1000), params={"seed": "0", "a": "b"})
    lucky = replace(_row("b 0", range(5)), baseline=better)
    dense = best_dense([lucky, *_three("a", 12, 12)])
    assert dense is not None
    assert sorted(run.name for run in dense.runs.values()) == ["dense 0", "dense 1"]


def test_two_points_of_one_seed_are_no_repeats() -> None:
    rows = [_row("a first", range(12)), _row("a second", range(13))]
    assert len(candidates(rows)) == 2


def test_answers_to_other_images_are_not_paired() -> None:
    (row,) = _three("a", 12)
    other = replace(row, correct={_H5: _correct(range(12), "other")})
    (found,) = candidates([other])
    assert (found.validation, found.certainty(0.01)) == (None, None)
    (counted,) = candidates([replace(other, images=(_IMAGES, _IMAGES))])
    assert counted.validation is not None
    assert not counted.validation.interval.paired
    assert counted.certainty(0.05) is Certainty.WITHIN


def test_without_any_knowledge_of_the_images_nothing_is_certain() -> None:
    (row,) = _three("a", 12)
    old = replace(row, correct={}, baseline_correct={})
    assert _shipped(decision([old], Limits(0.01))) == "a 0"
    sure = decision([old], Limits(0.01, confidence=0.95))
    assert sure.file is None
    assert "has no interval measured" in sure.reason


def test_one_image_settles_nothing() -> None:
    (row,) = _three("a", 10)
    right = np.array([True])
    one = Correct("digest", right, right)
    (found,) = candidates([replace(row, correct={_H5: one}, baseline_correct={_H5: one})])
    assert found.certainty(0.01) is Certainty.TOO_CLOSE
