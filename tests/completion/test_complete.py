"""A finished sweep gains files and figures for another device, without training."""

import logging
import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from runner.completion.complete import complete
from runner.device.request import Request
from runner.device.table import HOST, TABLE, DeviceRow, read_devices
from runner.device.wanted import Wanted
from runner.export.tflm.encoded_file import can_encode
from runner.measure import correct_table
from runner.point.drop_figures import NAMES
from runner.results.correct_rows import with_correct
from runner.results.lookup import find_sweep
from runner.results.rows import Results, read
from runner.settings.devices import Device
from runner.settings.targets import Target
from tests.helpers.project import STANDARD
from tests.helpers.stores import copied, file_of, forget, refuse_metrics, store_in
from tests.helpers.tiny import write_npz

MICRO = Request((Device.MICROCONTROLLER,))
PRUNED = {Target.TFLM_PRUNED_INT8: "tflite_int8", Target.TFLM_PRUNED_FLOAT32: "tflite_float32"}
SHARES = ("accuracy", "validation_accuracy", "accuracy_drop", "agreement")

pytestmark = pytest.mark.skipif(not can_encode(), reason="no wheel of tflite-micro")


@pytest.fixture
def sweep(swept: tuple[Path, str, str], tmp_path: Path) -> Iterator[Path]:
    with copied(swept[0], tmp_path / "copy") as folder:
        yield folder


def results_in(folder: Path) -> Results:
    store = store_in(folder)
    store.connect(create=False)
    whole = read(store, find_sweep(store, "latest"))
    # One point and its baseline show all that there is.
    return replace(whole, rows=whole.rows[:1])


def _micro(results: Results) -> dict[str, DeviceRow]:
    rows = results.rows[0].devices
    return {row.target: row for row in rows if row.device == Device.MICROCONTROLLER}


def test_points_and_their_baseline_gain_what_the_device_runs(
    sweep: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = with_correct(store_in(sweep), results_in(sweep))
    after = complete(store_in(sweep), before, MICRO)
    assert [record.message for record in caplog.records if record.levelno > logging.INFO] == []
    for row in with_correct(store_in(sweep), after).rows:
        assert row.baseline is not None
        for record in (row.point, row.baseline):
            rows = read_devices(file_of(sweep, record, TABLE).read_text())
            micro = {each.target: each for each in rows if each.device == "microcontroller"}
            for target, source in PRUNED.items():
                path = file_of(sweep, record, f"models/{target.file_name}")
                figures, theirs = record.figures(target), record.figures(source)
                drops = NAMES if record is row.point else ()
                for name in (*SHARES, *drops):
                    assert figures[name] == theirs[name]
                assert figures["size_bytes"] == path.stat().st_size <= theirs["size_bytes"]
                baseline = row.baseline.metrics["zip_bytes/h5"]
                assert figures["zip_ratio"] == baseline / figures["zip_bytes"]
                assert micro[target].runs
                assert micro[target].figures["ram_bytes"] == figures["tflm_arena_bytes"]
                confusion = file_of(sweep, record, f"confusion/{target}.csv").read_text()
                assert confusion == file_of(sweep, record, f"confusion/{source}.csv").read_text()
            assert micro["tflite_int8"].figures["agreement"] > 0.9
            assert not micro["tflite_dynamic"].runs
            assert not record.has_file(Target.TFLM_LUT_INT8)
            head = file_of(sweep, record, "classes.csv").read_text().splitlines()[0]
            assert head.count("/tflm_pruned_int8") == 3
        for bits in (row.correct, row.baseline_correct):
            for target, source in PRUNED.items():
                assert np.array_equal(bits[target].test, bits[Target(source)].test)
                assert np.array_equal(bits[target].validation, bits[Target(source)].validation)
    # What is returned is what the store has now, and nothing is left to be done.
    again = complete(store_in(sweep), results_in(sweep), MICRO)
    assert [row.point.metrics for row in again.rows] == [row.point.metrics for row in after.rows]
    assert {row.target for row in again.rows[0].devices} >= set(PRUNED)


def test_a_phone_needs_nothing_more(sweep: Path) -> None:
    before = results_in(sweep)
    assert complete(store_in(sweep), before, Request()) == before


@pytest.mark.long
def test_a_store_that_takes_nothing_is_left_as_it_is(
    sweep: Path, caplog: pytest.LogCaptureFixture
) -> None:
    refuse_metrics(sweep)
    before = results_in(sweep)
    after = complete(store_in(sweep), before, MICRO)
    (line,) = [record.message for record in caplog.records if record.levelno > logging.INFO]
    assert line.startswith("measured, but the store cannot be written: ")
    assert [row.point.metrics for row in results_in(sweep).rows] == [
        row.point.metrics for row in before.rows
    ]
    assert "agreement" in _micro(after)["tflite_int8"].figures
    # A file that is only here cannot be shipped from there.
    assert not after.rows[0].point.has_file(Target.TFLM_PRUNED_INT8)


@pytest.mark.long
def test_without_its_images_a_sweep_gets_what_needs_none(
    sweep: Path, caplog: pytest.LogCaptureFixture
) -> None:
    # The settings name the data of the sweep that was copied.
    original = Path(results_in(sweep).rows[0].point.params["dataset.path"])
    kept = original.read_bytes()
    write_npz(original, images=60)
    try:
        from runner.data.dataset import load

        load.cache_clear()
        after = complete(store_in(sweep), results_in(sweep), MICRO)
    finally:
        original.write_bytes(kept)
        load.cache_clear()
    (line,) = [record.message for record in caplog.records if record.levelno > logging.INFO]
    assert line.startswith("left out: what needs images of baseline ")
    assert line.endswith("dataset=npz has other images now")
    assert after.rows[0].point.has_file(Target.TFLM_PRUNED_INT8)
    row = _micro(after)["tflite_int8"]
    assert row.runs
    assert "agreement" not in row.figures


def test_a_command_measures_finished_points_and_once_is_enough(sweep: Path) -> None:
    counted = sweep / "counted"
    script = f'echo "$1" >> {counted}; echo \'{{"ms": 2.5}}\''
    wanted = Wanted(command=shlex.join(["sh", "-c", script, "sh", "{file}"]))
    after = complete(store_in(sweep), results_in(sweep), Request(), wanted=wanted)
    rows = after.rows
    # Of other files, metrics that were there before have taken all room.
    assert rows[0].point.metrics["own/ms/h5"] == 2.5
    hosts = {row.target: row.figures for row in rows[0].devices if row.device == HOST}
    assert hosts["tflite_int8"]["own/ms"] == 2.5
    records = {row.point.id: row.point for row in rows}
    records |= {row.baseline.id: row.baseline for row in rows if row.baseline}
    files = sum(record.has_file(target) for record in records.values() for target in Target)
    number = len(counted.read_text().splitlines())
    assert number == files
    complete(store_in(sweep), results_in(sweep), Request(), wanted=wanted)
    assert len(counted.read_text().splitlines()) == number


@pytest.mark.long
def test_files_are_made_of_h5_files_as_the_sweep_made_them(
    sweep: Path, caplog: pytest.LogCaptureFixture
) -> None:
    whole = with_correct(store_in(sweep), results_in(sweep)).rows[0]
    forget(sweep, "/tflite_int8")
    before = results_in(sweep)
    for record in (before.rows[0].point, before.rows[0].baseline):
        assert record is not None
        table = file_of(sweep, record, correct_table.TABLE)
        kept = correct_table.read_correct(table.read_text())
        del kept[Target.TFLITE_INT8]
        table.write_text(correct_table.correct_csv(kept))
    paths = [file_of(sweep, row.point, "models/tflite_int8.tflite") for row in before.rows]
    contents = [path.read_bytes() for path in paths]
    for path in paths:
        path.unlink()
    layers = file_of(sweep, before.rows[0].point, "layers.csv").read_text()
    after = complete(store_in(sweep), before, MICRO)
    messages = [record.message for record in caplog.records if record.levelno > logging.INFO]
    assert messages == ["making tflite_int8 from the stored h5 files of 2 runs"]
    assert [path.read_bytes() for path in paths] == contents
    for row in with_correct(store_in(sweep), after).rows:
        assert row.point.metrics["accuracy/tflite_int8"] > 0.5
        figures, theirs = (each.figures("tflite_int8") for each in (row.point, whole.point))
        assert {name: figures[name] for name in (*SHARES, *NAMES)} == {
            name: theirs[name] for name in (*SHARES, *NAMES)
        }
        assert {*row.correct} == {*STANDARD, *PRUNED}
        for bits, others in (
            (row.correct, whole.correct),
            (row.baseline_correct, whole.baseline_correct),
        ):
            for target in STANDARD:
                assert np.array_equal(bits[target].test, others[target].test)
                assert np.array_equal(bits[target].validation, others[target].validation)
        assert row.point.has_file(Target.TFLM_PRUNED_INT8)
    assert file_of(sweep, before.rows[0].point, "layers.csv").read_text() == layers
