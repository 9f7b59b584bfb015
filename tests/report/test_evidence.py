"""A report says of every file how far its drop may be off, and takes seeds of a setting as one."""

import csv
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from plotly.graph_objects import Figure

from runner.report.charts import draw_charts
from runner.report.charts.whiskers import MANY
from runner.report.contents import Contents, gather
from runner.report.files_table import FilesTable
from runner.report.markdown import note, whole
from runner.report.page import page
from runner.report.points_csv import points_csv
from runner.results.drop_words import interval
from runner.results.lookup import find_sweep
from runner.results.rows import Results, Row, read
from runner.settings.targets import Target
from runner.statistics.repeats import Repeats
from runner.tracking import Store
from tests.helpers.judged_sweep import KINDS, judged_sweep

SEEDS, SPARSITY = (1, 2, 3), "schedule.final_sparsity"
Swept = tuple[Store, Results]
Line = dict[str, str]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> Swept:
    """A sweep of two sparsities and three seeds, and its store."""
    folder = tmp_path_factory.mktemp("judged")
    shutil.copy(empty_store, folder / "mlflow.db")
    store = judged_sweep(folder, seeds=SEEDS, lost={"0.5": 0.001, "0.9": 0.07})
    return store, read(store, find_sweep(store, "latest"))


@pytest.fixture(scope="module")
def contents(judged: Swept) -> Contents:
    store, results = judged
    return gather(store, [results])


def _changed(judged: Swept, change: Callable[[Row], Row]) -> Contents:
    store, results = judged
    return gather(store, [replace(results, rows=tuple(map(change, results.rows)))])


def _lines(contents: Contents) -> list[Line]:
    table = FilesTable(contents)
    return [dict(zip(table.heading, line.cells, strict=True)) for line in table.lines]


def _of(lines: list[Line], sparsity: str) -> Line:
    (found,) = (
        line for line in lines if (line["final_sparsity"], line["file"]) == (sparsity, "h5")
    )
    return found


def test_seeds_of_a_setting_are_one_line_with_its_word(contents: Contents) -> None:
    lines = _lines(contents)
    # Two settings and the baseline.
    assert len(lines) == 3 * len(KINDS)
    good, bad = _of(lines, "0.5"), _of(lines, "0.9")
    assert {good["seeds"], bad["seeds"]} == {"3"}
    assert (good["limit: 1 point"], bad["limit: 1 point"]) == ("within", "beyond")
    (found,) = (
        each
        for each in contents.candidates
        if (each.file.point.params[SPARSITY], each.file.target) == ("0.9", Target.H5)
    )
    drops = [file.validation_drop * 100 for file in found.files]
    assert bad["interval, points"] == f"{min(drops):.2f} to {max(drops):.2f} (range)"
    assert bad["drop, points"] == f"{sum(drops) / 3:.2f}"
    assert "bytes are the median seed's" in FilesTable(contents).explanation


def test_what_the_images_say_stands_under_the_decision(contents: Contents) -> None:
    ((_, decision),) = contents.decisions
    said = contents.sentences(decision)
    assert any("validation images" in text for text in said)
    for text in (unescape(page(contents, {})), whole(contents), note(contents, [])):
        for sentence in said:
            assert sentence in text.replace("\\", "")


def test_the_points_keep_a_line_each_with_the_interval_of_their_seed(contents: Contents) -> None:
    lines = list(csv.DictReader(points_csv(contents).splitlines()))
    assert len(lines) == 2 * len(SEEDS)
    for line in lines:
        low, drop, high = (
            float(line[f"drop_from_best{end}/h5"].lstrip("'")) for end in ("_low", "", "_high")
        )
        assert low < drop < high
        assert line["limit/h5"] == ("within" if line[SPARSITY] == "0.5" else "beyond")


def test_a_mark_is_a_setting_with_whiskers_and_the_seed_has_no_plot(contents: Contents) -> None:
    charts = draw_charts(contents)
    (cloud,) = (trace for trace in charts["front"].data if trace.name == "h5")
    assert len(cloud.x) == 2
    assert "mean of 3 seeds" in cloud.customdata[0][0]
    assert all(each is not None for each in cloud.error_y.array)
    (dense,) = (trace for trace in charts["front"].data if trace.name == "dense baseline")
    assert len(dense.x) == len(KINDS)
    dots = charts["effects"].data[0]
    assert sorted(dots.x) == [0.5, 0.9]
    titles = {axis.title.text for axis in charts["effects"].select_xaxes()}
    assert titles == {None, "final_sparsity"}


@pytest.fixture(scope="module")
def wide(judged: Swept) -> Contents:
    """As many settings as no chart shows with whiskers, nor a note as a whole."""
    store, results = judged
    rows = [
        replace(row, point=replace(row.point, id=f"{row.point.id}{number}", params=params))
        for row in results.rows
        for number in range(MANY)
        if (params := {**row.point.params, "other": str(number)})
    ]
    return gather(store, [replace(results, rows=tuple(rows))])


def test_of_many_marks_only_the_best_have_whiskers(wide: Contents) -> None:
    drawn = draw_charts(wide)
    assert _whiskers(drawn["front"]) == len(wide.front)
    assert not any(trace.error_y.array for trace in drawn["effects"].data)


def test_a_note_counts_the_points_behind_its_lines(wide: Contents) -> None:
    text = note(wide, [])
    shown, said = text.count("| point "), re.search(r"(\d+) more points are in", text)
    assert said
    assert int(said[1]) == len(SEEDS) * (2 * MANY - shown)


def _whiskers(figure: Figure) -> int:
    clouds = [trace for trace in figure.data if trace.name in [*Target]]
    arrays = [trace.error_y.array or () for trace in clouds]
    return sum(each is not None for array in arrays for each in array)


def test_a_seed_that_failed_is_not_counted(judged: Swept) -> None:
    def fail(row: Row) -> Row:
        if (row.point.params["seed"], row.point.params[SPARSITY]) != ("2", "0.5"):
            return row
        return replace(row, point=replace(row.point, metrics={}, status="FAILED"))

    lines = _lines(_changed(judged, fail))
    assert [_of(lines, sparsity)["seeds"] for sparsity in ("0.5", "0.9")] == ["2", "3"]


def test_without_bits_it_is_not_measured(judged: Swept) -> None:
    def forget(row: Row) -> Row:
        assert row.baseline
        old, dense = (replace(each, artifacts="/none") for each in (row.point, row.baseline))
        return replace(row, point=old, baseline=dense)

    contents = _changed(judged, forget)
    line = _of(_lines(contents), "0.5")
    assert (line["interval, points"], line["limit: 1 point"]) == ("", "not measured")
    assert "Not measured: " in FilesTable(contents).explanation
    assert "limit/h5" in points_csv(contents)
    assert _whiskers(draw_charts(contents)["front"]) == 0


def test_without_a_baseline_there_is_nothing_to_judge_by(judged: Swept) -> None:
    contents = _changed(judged, lambda row: replace(row, baseline=None))
    assert _lines(contents) == []
    charts = draw_charts(contents)
    assert set(charts) == {"effects"}
    assert "nothing to judge files by" in page(contents, charts)


@pytest.mark.parametrize(
    ("seeds", "text"),
    [(1, "-0.63 to 2.66 (unpaired)"), (2, "1.00 to 1.00 (range, unpaired)")],
)
def test_intervals_of_old_runs_are_called_unpaired(seeds: int, text: str) -> None:
    assert interval(Repeats.of_counts([(970, 960, 1000)] * seeds)) == text


def test_one_image_settles_nothing(store_folder: Path) -> None:
    store = judged_sweep(store_folder, images=1, lost={"0.5": 0.0, "0.9": 0.0})
    contents = gather(store, [read(store, find_sweep(store, "latest"))])
    lines = [line for line in _lines(contents) if line["mark"] != "dense"]
    assert {line["limit: 1 point"] for line in lines} == {"too close to tell"}
    charts = draw_charts(contents)
    assert "too close to tell" in page(contents, charts)
    # All are equally accurate: nothing but the smallest is on the front.
    assert len(contents.front) == 1
