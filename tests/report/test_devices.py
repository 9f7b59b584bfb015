"""The report of a sweep for devices: what it shows for each, and that a phone's is as before."""

import csv
import re
from pathlib import Path

import pytest

from runner.device.request import Request
from runner.report.charts import draw_charts
from runner.report.contents import Contents, gather
from runner.report.devices_table import DevicesTable
from runner.report.files_table import FilesTable
from runner.report.markdown import note, whole
from runner.report.page import page
from runner.report.points_csv import points_csv
from runner.results.lookup import find_sweep
from runner.results.rows import read
from runner.settings.devices import Device
from runner.tracking import Store
from tests.helpers.device_sweep import REFUSAL, device_sweep
from tests.helpers.project import Command
from tests.helpers.stored_report import publish

ALL = '{"devices": ["microcontroller", "phone", "ethos_u55_128"]}'


@pytest.fixture
def store(store_folder: Path) -> Store:
    """A sweep of two points, for three devices."""
    return device_sweep(store_folder, "three", ALL)


def _contents(store: Store, request: Request | None = None) -> Contents:
    return gather(store, [read(store, find_sweep(store, "latest"))], request)


def test_each_device_has_a_row_of_what_the_file_takes_there(store: Store) -> None:
    contents = _contents(store)
    table = DevicesTable(contents, contents.sweeps)
    lines = [dict(zip(table.heading, line, strict=True)) for line in table.lines]
    shown = [
        (line["device"], line["file to ship"], line["size"], line["RAM"], line["latency"])
        for line in lines
    ]
    point = "final_sparsity=0.5"
    assert shown == [
        (
            *("microcontroller", f"tflm_pruned_int8 of {point}", "30,720 bytes of flash"),
            *("36,864 bytes", ""),
        ),
        ("phone", f"tflite_dynamic of {point}", "2,048 bytes zipped", "", ""),
        (
            *("ethos_u55_128", f"tflite_int8 of {point}", "30,720 bytes of flash"),
            *("3,072 bytes", "0.25 ms (estimate)"),
        ),
    ]
    assert [line["why none"] for line in lines] == ["", "", ""]


def test_the_decision_and_the_front_are_those_of_the_first_device(store: Store) -> None:
    contents = _contents(store)
    ((_, decision),) = contents.decisions
    assert decision.device is Device.MICROCONTROLLER
    assert {str(each.file.target) for each in contents.front} == {"tflm_pruned_int8"}
    front = draw_charts(contents)["front"]
    assert front.layout.xaxis.title.text == "flash bytes (log scale)"
    named = {trace.name for trace in front.data}
    assert "tflite_int8" in named
    assert not {"tflite_dynamic", "h5"} & named
    # Of the dense baseline, too, only what runs there.
    (dense,) = (trace for trace in front.data if trace.name == "dense baseline")
    assert sorted(dense.x) == [size * 1024 for size in (30, 60, 61, 200)]


def test_every_file_shows_what_each_device_makes_of_it(store: Store) -> None:
    table = FilesTable(_contents(store))
    lines = [dict(zip(table.heading, line.cells, strict=True)) for line in table.lines]
    (dynamic,) = (
        line for line in lines
        if line["file"] == "tflite_dynamic" and line["final_sparsity"] == "0.5"
    )  # fmt: skip
    assert dynamic["microcontroller: runs"] == f"no: {REFUSAL}"
    assert dynamic["microcontroller: flash"] == ""
    assert dynamic["phone: runs"] == "yes"
    (int8,) = (
        line for line in lines if line["file"] == "tflite_int8" and line["final_sparsity"] == "0.5"
    )
    expected = {"runs": "yes", "flash": "30,720", "RAM": "3,072", "ms (estimate)": "0.25"}
    assert {name: int8[f"ethos_u55_128: {name}"] for name in expected} == expected
    # What does not run on the first device stands last.
    runs = [line["microcontroller: runs"] == "yes" for line in lines]
    assert runs == sorted(runs, reverse=True)


def test_what_fits_nowhere_says_by_how_much(store: Store) -> None:
    text = '{"devices": ["microcontroller"], "flash": 16384}'
    contents = _contents(store, Request.read(text))
    table = DevicesTable(contents, contents.sweeps)
    ((*_, why),) = table.lines
    assert "--flash=16K" in why
    assert why in page(contents, draw_charts(contents)).replace("&#34;", '"')
    assert why.replace("_", "").split(";")[0] in whole(contents).replace("\\", "").replace("_", "")


def test_page_and_texts_hold_the_table(store: Store) -> None:
    contents = _contents(store)
    body = re.sub(r"<script.*?</script>", "", page(contents, {}), flags=re.DOTALL)
    assert body.count('class="decision"') == 1
    assert '<h2 id="devices">' in body
    for text in (whole(contents), note(contents, [])):
        assert "0.25 ms (estimate)" in text.replace("\\", "")
        assert "bytes of flash and of RAM on a microcontroller" in text
        assert "95.00% 30,720 36,864" in text
        assert "zipped h5" not in text
    lines = list(csv.DictReader(points_csv(contents).splitlines()))
    first = next(line for line in lines if line["schedule.final_sparsity"] == "0.5")
    assert first["pick"] == first["pick/microcontroller"] == "tflm_pruned_int8"
    assert first["pick/phone"] == "tflite_dynamic"
    assert first["microcontroller_ram_bytes/tflite_int8"] == "5120"


def test_the_sweeps_run_says_what_the_pick_takes_on_the_device(store: Store) -> None:
    results = read(store, find_sweep(store, "latest"))
    publish(store, results)
    metrics = store.get(results.sweep.id).metrics
    picked = ("picked_flash_bytes", "picked_ram_bytes", "picked_zip_bytes")
    assert [metrics[name] for name in picked] == [30720, 36864, 1024]


@pytest.mark.parametrize("table", [True, False])
def test_a_sweep_for_a_phone_looks_as_before(store_folder: Path, table: bool) -> None:
    store = device_sweep(store_folder, "plain", table=table)
    contents = _contents(store)
    body = re.sub(r"<script.*?</script>", "", page(contents, {}), flags=re.DOTALL)
    assert "microcontroller" not in body
    assert "flash" not in body
    assert "pick/phone" not in points_csv(contents)
    front = draw_charts(contents)["front"]
    assert front.layout.title.text == "Accuracy against zipped bytes: up and to the left is better"
    publish(store, contents.sweeps[0])
    assert "picked_flash_bytes" not in store.get(contents.sweeps[0].sweep.id).metrics


def test_a_report_for_another_device_leaves_the_sweeps_run_alone(
    store: Store, store_folder: Path, tool_in: Command
) -> None:
    sweep = find_sweep(store, "latest")
    done = tool_in(store_folder, "report.__main__", "latest", "--device", "ethos_u55_128")
    assert done.returncode == 0, done.stderr
    text = (store_folder / "outputs" / "report" / "report.md").read_text()
    assert "runs on an Ethos-U55-128" in text.replace("\\", "")
    assert store.get(sweep.id) == sweep
    done = tool_in(store_folder, "report.__main__", "latest", "--flash", "1K")
    assert done.returncode == 0, done.stderr
    text = (store_folder / "outputs" / "report" / "report.md").read_text().replace("\\", "")
    assert "--flash=1K" in text
