"""What is said where there is little to say: equal files, one image, seeds on other images."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from runner.escaping.json_text import json_text
from runner.measure.correct_table import Correct
from runner.results.decision import Decision, decide, decision
from runner.results.evidence import Evidence
from runner.results.evidence_values import evidence_values
from runner.results.evidence_words import in_brief, sentences
from runner.results.limits import Limits
from runner.results.rows import Results, Row
from runner.results.table import PointsTable
from runner.settings.devices import Device
from runner.settings.targets import Target
from runner.tracking import Record

_H5 = Target.H5
_LIMITS = Limits(0.01)


def _answers(wrong: int, images: int, data: str) -> Correct:
    right = np.arange(images) >= wrong
    return Correct(data, right, right)


def _run(name: str, size: int, wrong: int, images: int, **params: str) -> Record:
    share = 1 - wrong / images
    figures = {"size_bytes": size, "zip_bytes": size, "zip_ratio": 1000 / size}
    figures |= {"accuracy": share, "validation_accuracy": share}
    metrics = {f"{metric}/h5": float(value) for metric, value in figures.items()}
    return Record(name, name, "FINISHED", params, {}, metrics, f"/runs/{name}")


def _row(  # noqa: PLR0913
    name: str, size: int, wrong: int, *, seed: str = "0", images: int = 1000, data: str = "digest"
) -> Row:
    """Make a point, whose baseline has the first ten images wrong, or none of fewer images."""
    dense = 10 if images > 10 else 0
    return Row(
        _run(f"{name} {seed}", size, wrong, images, seed=seed, point=name),
        _run(f"dense {seed}", 1000, dense, images, seed=seed),
        correct={_H5: _answers(wrong, images, data)},
        baseline_correct={_H5: _answers(dense, images, data)},
    )


def _said(rows: Sequence[Row], limits: Limits = _LIMITS) -> tuple[Decision, list[str], Any]:
    """Decide, and say it in every way there is: none of them may fail."""
    made = decision(rows, limits)
    evidence = Evidence.of(made)
    assert evidence is not None
    values = evidence_values(evidence)
    json_text(values)
    assert in_brief(evidence) or values["certainty"]["validation"] is None
    results = Results(Record("1", "sweep", "FINISHED", {}, {}, {}, ""), tuple(rows))
    assert PointsTable(results, Device.PHONE).text()
    return made, sentences(evidence), values


@pytest.mark.parametrize("wrong", [0, 10, 1000])
def test_where_all_files_are_equal_it_is_settled(wrong: int) -> None:
    rows = [_row(name, 100, wrong) for name in "abc"]
    made, _, values = _said(rows)
    within = wrong < 1000
    assert (made.file is not None) == within
    assert values["certainty"]["validation"] == ("within" if within else "beyond")
    assert values["kept"] is None or values["kept"]["share"] == 1


def test_of_files_of_one_size_the_most_accurate_is_shipped_and_of_ties_the_first() -> None:
    rows = [_row("a", 100, 14), _row("b", 100, 12), _row("c", 100, 12)]
    made, _, values = _said(rows)
    assert made.file is not None
    assert made.file.point.name == "b 0"
    assert values["smallest_within"]["point"] == "b 0"


def test_one_image_settles_nothing() -> None:
    made, said, values = _said([_row("a", 100, 0, images=1)])
    assert made.file is not None
    assert said[0].startswith(
        "On 1 validation image it drops 0.00 points (95 % interval -79.35 to "
    )
    assert said[1].startswith("1 image tells a drop like this to ±79.3 points; about ")
    assert values["certainty"] == {"validation": "too close to tell", "test": "too close to tell"}
    assert values["images_needed"] > 1
    lost, _, _ = _said([_row("a", 100, 1, images=1)])
    assert lost.file is None


def test_a_drop_at_the_limit_is_never_settled_by_more_images_like_these() -> None:
    made, said, values = _said([_row("a", 100, 20)])
    assert made.file is not None
    assert values["images_needed"] is None
    assert said[1].endswith("and no number of images like these would settle it.")


def test_without_a_baseline_nothing_is_said() -> None:
    row = _row("a", 100, 10)
    made = decision([Row(row.point, None, correct=row.correct)], _LIMITS)
    assert Evidence.of(made) is None
    assert made.reason.startswith("The baseline's run is gone")


def test_a_seed_that_failed_leaves_the_others() -> None:
    rows = [_row("a", 100, 10, seed=seed) for seed in "012"]
    failed = replace(rows[2].point, metrics={}, status="FAILED")
    made, said, values = _said([*rows[:2], Row(failed, None)])
    assert made.file is not None
    assert "on average over 2 seeds" in said[0]
    assert values["validation_drop"]["seeds"] == [0, 0]


def test_seeds_on_other_images_are_not_paired_with_each_other() -> None:
    rows = [_row("a", 100, 10, seed=seed, data=f"data {seed}") for seed in "01"]
    _, said, values = _said(rows)
    assert said[0].startswith("How sure that is was not measured")
    assert (values["certainty"]["validation"], values["kept"]) == (None, None)
    counted = [replace(row, images=(1000, 1000)) for row in rows]
    assert "unpaired, since the seeds do not have the same images" in _said(counted)[1][0]
    # Of data sets that the settings tell apart, each is judged alone.
    apart = [
        replace(row, point=replace(row.point, params={**row.point.params, "dataset.name": data}))
        for row, data in zip(rows, "xy", strict=True)
    ]
    words = [Evidence.of(each) for each in decide(apart, _LIMITS)]
    assert [each and each.certainty for each in words] == ["within", "within"]


def test_five_seeds_have_an_interval_of_their_mean() -> None:
    rows = [_row("a", 100, 10 + int(seed), seed=seed) for seed in "01234"]
    _, said, values = _said(rows)
    drop = values["validation_drop"]
    assert drop["mean"] == pytest.approx(0.002)
    assert drop["low"] < drop["mean"] < drop["high"]
    assert "on average over 5 seeds (spread 0.16, 95 % interval" in said[0]
