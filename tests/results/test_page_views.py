"""What MLflow's pages show of a sweep."""

import json

import pytest

from runner.results.page_views import page_views
from runner.results.rows import Results, Row
from runner.tracking import Record
from runner.tracking.tags import DEVICE, ERROR, PARENT, PICK_TARGET, SWEEP

_POINTS = {
    "a": {"schedule.final_sparsity": "0.5", "schedule.epochs": "2", "seed": "0"},
    "b": {"schedule.final_sparsity": "0.8", "schedule.epochs": "2", "seed": "1"},
}
# What says that there is a file.
_COMPLETE = {"zip_bytes/tflite_int8": 1.0}


def _results(device: str = "phone", **metrics: float) -> Results:
    asked = {SWEEP: "two", DEVICE: json.dumps({"devices": [device]})}
    sweep = Record("f" * 32, "two", "FINISHED", {}, asked, {}, "", started=7)
    figures = {f"{name}/tflite_int8": value for name, value in metrics.items()}
    points = [
        Record(name, name, "FINISHED", params, {}, _COMPLETE | figures, "")
        for name, params in _POINTS.items()
    ]
    return Results(sweep, tuple(Row(point, None) for point in points))


def test_points_show_what_varies_and_are_sorted_by_size() -> None:
    points, sweeps, charts = page_views(_results(), [])
    assert points.filter == f"tags.`{PARENT}` = '{'f' * 32}'"
    assert points.order
    assert points.order.id == "metrics.`zip_bytes/tflite_int8`"
    assert [column.name for column in points.columns] == [
        *("schedule.final_sparsity", "schedule.epochs", "zip_bytes/tflite_int8"),
        *("validation_accuracy/tflite_int8", "validation_drop/tflite_int8"),
        *("accuracy/tflite_int8", PICK_TARGET, "seed"),
    ]
    assert (points.name, points.created, points.as_charts) == ("two: points", 7, False)
    assert sweeps.filter == "tags.`runner.kind` = 'sweep'"
    assert charts.filter == "tags.`runner.kind` = 'point'"
    assert charts.as_charts
    assert charts.charts == points.charts
    assert len({view.key for view in (points, sweeps, charts)}) == 3


@pytest.mark.parametrize(
    ("device", "metric", "size"),
    [
        ("microcontroller", "size_bytes", "size_bytes"),
        ("ethos_u55_128", "ethos_u55_128_flash_bytes", "ethos_u55_128_flash_bytes"),
        ("ethos_u55_128", "size_bytes", "size_bytes"),
    ],
)
def test_size_is_that_on_the_device(device: str, metric: str, size: str) -> None:
    points, *_ = page_views(_results(device, **{metric: 1.0}), [])
    assert points.charts
    assert points.charts.size == f"{size}/tflite_int8"


def test_failed_points_say_why() -> None:
    results = _results()
    failed = Record("c", "c", "FAILED", {}, {ERROR: "no memory"}, {}, "")
    points, *_ = page_views(Results(results.sweep, (*results.rows, Row(failed, None))), [])
    assert ERROR in [column.name for column in points.columns]
