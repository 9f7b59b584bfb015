"""The report of a sweep that removes channels: channels against weights against both."""

import csv
import math
import re
import shutil
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from runner.report.contents import Contents, gather
from runner.report.files_table import FilesTable
from runner.report.markdown import whole
from runner.report.page import page
from runner.report.points_csv import points_csv
from runner.results import console
from runner.results.lookup import find_sweep
from runner.results.rows import Results, read
from runner.results.way import removes_channels
from runner.results.ways_table import TITLE
from runner.tracking import Store
from tests.helpers.narrow_sweep import POINTS, narrow_sweep
from tests.helpers.stored_report import publish

Swept = tuple[Store, Results]
SAID = 'By "channels and weights" a file is 1.39 times smaller than by weights alone: 5,994 and'


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> Swept:
    """A sweep of all ways, and its store."""
    folder = tmp_path_factory.mktemp("narrow")
    shutil.copy(empty_store, folder / "mlflow.db")
    store = narrow_sweep(folder)
    return store, read(store, find_sweep(store, "latest"))


@pytest.fixture(scope="module")
def contents(narrow: Swept) -> Contents:
    store, results = narrow
    return gather(store, [results])


def _without_channels(results: Results) -> Results:
    rows = tuple(row for row in results.rows if not removes_channels(row.point))
    return replace(results, rows=rows)


def _text(html: str) -> str:
    return unescape(re.sub(r"<(script|style).*?</\1>", "", html, flags=re.DOTALL))


def test_page_and_markdown_compare_the_ways(contents: Contents) -> None:
    html, text = _text(page(contents, {})), whole(contents).replace("\\", "")
    assert html.count(f'<h2 id="ways">{TITLE}</h2>') == 1
    assert f"### {TITLE}" in text
    assert "<td>dense, trained on</td><td>point 1</td>" in html
    assert "| dense, trained on | point 1 | tflite_int8 | 8 | 93,288 |" in text
    for each in (html, text):
        assert SAID in each
        assert "no, the closest: drops 0.0600" in each


def test_the_terminal_says_a_line_for_each_way(
    narrow: Swept, capsys: pytest.CaptureFixture[str]
) -> None:
    console.show(*narrow)
    lines = capsys.readouterr().out.splitlines()
    first = lines.index(f"{TITLE}:")
    assert [line.split(": ")[0] for line in lines[first + 1 : first + 4]] == [
        "dense",
        "dense, trained on",
        "weights",
    ]
    assert lines[first + 9].startswith(SAID)


def test_tables_of_points_and_files_say_how_large_networks_are(contents: Contents) -> None:
    table = FilesTable(contents)
    lines = [dict(zip(table.heading, line.cells, strict=True)) for line in table.lines]
    known = {(line["share"], line["channels kept"], line["MACs"]) for line in lines}
    assert known == {
        ("", "1.0000", "93,288"),
        ("0.0", "1.0000", "93,288"),
        ("0.5", "0.5000", "23,322"),
    }
    points = list(csv.DictReader(points_csv(contents).splitlines()))
    assert len(points) == len(POINTS)
    assert {point["channels_kept"] for point in points} == {"1.0", "0.5"}
    assert {point["macs"] for point in points} == {"93288.0", "23322.0"}


def test_a_sweep_without_narrow_points_shows_none_of_it(
    narrow: Swept, capsys: pytest.CaptureFixture[str]
) -> None:
    store, results = narrow
    plain = _without_channels(results)
    contents = gather(store, [plain])
    console.show(store, plain)
    for text in (page(contents, {}), whole(contents), capsys.readouterr().out):
        assert TITLE not in text
    assert not {"MACs", "channels kept"} & {*FilesTable(contents).heading}
    assert "macs" in points_csv(contents).splitlines()[0]


def test_each_data_set_is_compared_by_itself(
    store_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = narrow_sweep(store_folder, (POINTS[2], POINTS[6]), data=("mnist", "other"))
    results = read(store, find_sweep(store, "latest"))
    contents = gather(store, [results])
    assert _text(page(contents, {})).count(SAID) == whole(contents).count(SAID) == 2
    assert "<p>narrow on other</p>" in page(contents, {})
    console.show(store, results)
    assert f"{TITLE}, other:" in capsys.readouterr().out
    publish(store, results)
    assert not any("way_" in name for name in store.get(results.sweep.id).metrics)


def test_points_that_something_follows_are_compared_by_themselves(
    store_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    weights, both = POINTS[2], POINTS[6]
    followed = {"compress.name": "cluster"}
    points = weights, both, replace(both, zipped=3_000, others=followed)
    store = narrow_sweep(store_folder, points)
    results = read(store, find_sweep(store, "latest"))
    contents = gather(store, [results])
    html, text = _text(page(contents, {})), whole(contents).replace("\\", "")
    console.show(store, results)
    printed = capsys.readouterr().out
    for label in ("compress=none", "compress=cluster"):
        assert f"<p>{label}</p>" in html
        assert f"\n\n{label}\n\n" in text
        assert f"{TITLE}, {label}:" in printed
    assert html.count(SAID) == text.count(SAID) == printed.count(SAID) == 1
    assert html.count(f'<h2 id="ways">{TITLE}</h2>') == 1
    # The file to ship is a clustered one: no other table's figures stand beside its own.
    publish(store, results)
    metrics = store.get(results.sweep.id).metrics
    ways = {name: value for name, value in metrics.items() if name.startswith("way_bytes/")}
    assert ways == {"way_bytes/dense": 20_132, "way_bytes/channels_and_weights": 3_000}


def test_the_run_of_the_sweep_holds_what_each_way_comes_to(narrow: Swept) -> None:
    store, results = narrow
    publish(store, results)
    found = store.get(results.sweep.id)
    ways = {name: value for name, value in found.metrics.items() if name.startswith("way_")}
    assert ways["way_bytes/channels_and_weights"] == 5994
    assert ways["way_validation_drop/baseline_longer"] == pytest.approx(-0.006)
    kept = {"dense", "baseline_longer", "weights", "channels", "channels_and_weights"}
    assert {name.split("/")[1] for name in ways} == kept
    # Another report of the same sweep takes back what it does not find.
    publish(store, _without_channels(replace(results, sweep=found)))
    after = store.get(results.sweep.id).metrics
    assert all(math.isnan(after[name]) for name in ways)
