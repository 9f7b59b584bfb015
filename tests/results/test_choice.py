from collections.abc import Mapping, Sequence

import pytest

from runner.results import choice
from runner.results import rows as results
from runner.results.choice import Candidate, Limits, nearest, of_targets, smallest
from runner.results.decision import decision
from runner.results.dense import best_dense
from runner.results.pareto import pareto
from runner.results.rows import Row
from runner.settings.targets import Target
from runner.tracking import Record


def _record(name: str, metrics: Mapping[str, float], **params: str) -> Record:
    return Record(name, name, "FINISHED", params, {}, metrics, f"/runs/{name}")


def _figures(target: str, zipped: float, validation: float, test: float) -> dict[str, float]:
    return {
        f"size_bytes/{target}": zipped * 2,
        f"zip_bytes/{target}": zipped,
        f"zip_ratio/{target}": 1000 / zipped,
        f"validation_accuracy/{target}": validation,
        f"accuracy/{target}": test,
    }


def _closest(rows: Sequence[Row], limits: Limits) -> Candidate | None:
    return nearest(of_targets(rows, limits), limits)


BASELINE = _record("baseline", _figures("h5", 1000, 0.90, 0.99))


def _point(name: str, baseline: Record, *figures: dict[str, float], **params: str) -> Row:
    merged = {key: value for each in figures for key, value in each.items()}
    return Row(_record(name, merged, **params), baseline)


def _row(name: str, *figures: dict[str, float], **params: str) -> Row:
    return _point(name, BASELINE, *figures, **params)


def test_the_smallest_file_within_the_limit_is_picked_on_validation() -> None:
    rows = [
        # Smaller, and fine on the test split, but not on the validation split.
        _row("a", _figures("tflite_int8", 50, 0.85, 0.999)),
        _row("b", _figures("tflite_int8", 100, 0.89, 0.5), _figures("h5", 400, 0.95, 0.9)),
        _row("c", _figures("tflite_int8", 200, 0.92, 0.9)),
    ]
    pick = decision(rows, Limits(0.01)).file
    assert pick is not None
    assert (pick.point.name, pick.target, pick.zip_bytes) == ("b", Target.TFLITE_INT8, 100)
    assert (pick.accuracy, pick.zip_ratio) == (0.5, 10)


def test_a_fall_of_exactly_the_limit_is_within_it() -> None:
    assert smallest([_row("a", _figures("h5", 9, 0.85, 0.9))], Limits(0.05))
    assert not smallest([_row("a", _figures("h5", 9, 0.85, 0.9))], Limits(0.0499))


def test_of_equal_sizes_the_more_accurate_is_picked() -> None:
    rows = [_row("a", _figures("h5", 9, 0.90, 0)), _row("b", _figures("h5", 9, 0.91, 0))]
    pick = decision(rows, Limits(0.01)).file
    assert pick is not None
    assert pick.point.name == "b"


def test_where_nothing_is_good_enough_the_closest_is_known() -> None:
    rows = [_row("a", _figures("h5", 9, 0.5, 0.5)), _row("b", _figures("h5", 99, 0.6, 0.5))]
    assert smallest(rows, Limits(0.01)) is None
    nearest = decision(rows, Limits(0.01)).closest
    assert nearest is not None
    assert nearest.point.name == "b"
    assert nearest.validation_drop == pytest.approx(0.3)


def test_points_without_files_are_no_candidates() -> None:
    rows = [Row(_record("failed", {}), None), _row("empty")]
    assert smallest(rows, Limits(1)) is None
    assert _closest(rows, Limits(1)) is None
    assert results.targets(rows) == []


def test_only_what_varies_is_shown() -> None:
    # On a cluster each machine has a cache of its own.
    points = [
        _record(name, {}, seed="0", epochs=epochs, **{"cache.folder": f"/{name}"})
        for name, epochs in (("a", "1"), ("b", "2"))
    ]
    assert results.varying(points) == ["epochs"]


def test_a_bad_baseline_does_not_lower_the_standard() -> None:
    poor = _record("poor", _figures("h5", 1000, 0.33, 0.33))
    rows = [
        _point("a", poor, _figures("h5", 10, 0.33, 0.33)),
        _point("b", BASELINE, _figures("h5", 500, 0.90, 0.90)),
    ]
    pick = decision(rows, Limits(0.01)).file
    assert pick is not None
    assert pick.point.name == "b"
    dense = best_dense(rows)
    assert dense is not None
    assert dense.middle is BASELINE


def test_data_sets_are_judged_apart() -> None:
    rows = [
        _row("a", **{"dataset.name": "x"}),
        _row("b", **{"dataset.name": "x", "dataset.validation_share": "0.3"}),
        _row("c", **{"dataset.name": "x", "schedule.epochs": "4"}),
        # The same images, in another range of numbers.
        _row("d", **{"dataset.name": "x", "dataset.scale": "-1..1"}),
    ]
    parts = [[row.point.name for row in part] for part in results.by_data(rows)]
    assert parts == [["a", "c", "d"], ["b"]]


def test_every_limit_counts_and_the_one_that_is_broken_is_named() -> None:
    rows = [
        _row("a", _figures("tflite_int8", 100, 0.95, 0.9), {"latency_ms/tflite_int8": 2.0}),
        _row("b", _figures("tflite_int8", 200, 0.97, 0.9), {"latency_ms/tflite_int8": 0.5}),
        _row("c", _figures("h5", 50, 0.99, 0.9)),
    ]
    assert _chosen(rows, Limits(None)) == "c"
    assert _chosen(rows, Limits(0.01, max_zip_bytes=150, targets=(Target.TFLITE_INT8,))) == "a"
    assert _chosen(rows, Limits(None, max_bytes=100)) == "c"
    assert _chosen(rows, Limits(None, max_bytes=99)) is None
    assert _chosen(rows, Limits(None, max_latency_ms=1)) == "b"
    strict = Limits(0.01, max_bytes=150, max_latency_ms=1, targets=(Target.TFLITE_INT8,))
    assert _chosen(rows, strict) is None
    nearest = _closest(rows, strict)
    assert nearest is not None
    assert nearest.file.point.name == "b"
    assert [each.text for each in strict.broken_by(nearest)] == ["is 400 bytes"]
    slow = _closest(rows, Limits(None, max_latency_ms=0.1, targets=(Target.TFLITE_INT8,)))
    assert slow is not None
    assert slow.file.point.name == "b"


def test_a_network_of_too_many_multiplications_is_not_chosen() -> None:
    rows = [
        _row("wide", _figures("h5", 50, 0.95, 0.9), {"macs": 2_293_000.0}),
        _row("narrow", _figures("h5", 60, 0.95, 0.9), {"macs": 1_646_500.0}),
        _row("old", _figures("h5", 40, 0.95, 0.9)),
    ]
    assert _chosen(rows, Limits(None)) == "old"
    assert _chosen(rows, Limits(None, max_macs=2_000_000)) == "narrow"
    strict = Limits(None, max_macs=1_234_567)
    nearest = _closest(rows, strict)
    assert nearest is not None
    # As whoever types it writes it.
    assert [(each.option, each.text) for each in strict.broken_by(nearest)] == [
        ("--max-macs=1234567", "takes 1,646,500 MACs")
    ]
    old = _closest(rows[-1:], strict)
    assert old is not None
    assert [each.text for each in strict.broken_by(old)] == ["has no MACs measured"]


def _chosen(rows: list[Row], limits: Limits) -> str | None:
    found = smallest(rows, limits)
    return found.file.point.name if found else None


def test_the_front_holds_what_nothing_beats() -> None:
    rows = [
        _row("a", _figures("h5", 100, 0.9, 0)),
        _row("b", _figures("h5", 100, 0.8, 0)),
        _row("c", _figures("h5", 150, 0.9, 0)),
        _row("d", _figures("h5", 200, 0.95, 0)),
        _row("e", _figures("h5", 50, 0.5, 0)),
    ]
    assert [each.file.point.name for each in pareto(choice.candidates(rows))] == ["e", "a", "d"]
