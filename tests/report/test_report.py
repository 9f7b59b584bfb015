"""The report of a real sweep, as it lies in the store, and of many points charts for it."""

import csv
import json
import re
import shutil
from pathlib import Path

import pytest

from runner.report.charts import draw_charts
from runner.report.contents import gather
from runner.report.importance import importances
from runner.report.markdown import note
from runner.report.page import page
from runner.report.svg.picture import picture
from runner.results.rows import read
from runner.settings.targets import Target
from runner.sweep.final_report import FinalReport, NotReported
from runner.sweep.patience import Patience
from runner.tracking import Kind, Record, Store
from tests.helpers.page_data import files_in
from tests.helpers.project import Command, Configure
from tests.helpers.stores import file_of, runs_in, store_in

Swept = tuple[Path, str, str]


def _sweep_of(folder: Path) -> Record:
    (sweep,) = runs_in(folder, "sweep")
    return sweep


def test_the_sweep_run_carries_the_report(swept: Swept) -> None:
    folder = swept[0]
    sweep = _sweep_of(folder)
    html = file_of(folder, sweep, "report.html")
    assert html.stat().st_size < 600_000
    assert not re.search(r"<(script|link|img|iframe)[^>]+(src|href)=.(http|//)", html.read_text())
    assert f"<code>python -m runner promote {sweep.id} --max-drop 0.01</code>" in html.read_text()
    # No server shows the runs.
    assert "<code>python -m runner ui RUN</code>" in html.read_text()
    runs = {each.id for kind in ("point", "baseline") for each in runs_in(folder, kind)}
    assert {place["run"] for place in files_in(html.read_text())["places"]} == runs
    for name in ("front", "effects", "layers"):
        picture = file_of(folder, sweep, f"pictures/{name}.html").read_text()
        assert picture.count("<svg") == 2
        assert "<script" not in picture
    text = file_of(folder, sweep, "report.md").read_text()
    assert text.startswith("# initial_sparsity-x-final_sparsity\n")
    assert "python -m runner -m schedule.final_sparsity=0.5,0.8" in text


def test_the_sweep_run_sums_itself_up(swept: Swept) -> None:
    folder = swept[0]
    sweep = _sweep_of(folder)
    (picked,) = (
        point for point in runs_in(folder, "point") if point.tags.get("runner.pick") == "true"
    )
    target = picked.tags["runner.pick_target"]
    assert sweep.metrics == {
        "points_done": 3,
        "points_failed": 0,
        "best_zip_ratio": picked.metrics[f"zip_ratio/{target}"],
        "picked_zip_bytes": picked.metrics[f"zip_bytes/{target}"],
        "picked_accuracy": picked.metrics[f"accuracy/{target}"],
        "picked_validation_accuracy": picked.metrics[f"validation_accuracy/{target}"],
    }
    assert sweep.tags["runner.state"] == "3 of 3 points done"
    text = sweep.tags["mlflow.note.content"]
    assert text.startswith(f"**Ship {target} of {picked.name}: the smallest file within 1 point")
    assert text.count("| point ") == 3
    assert "`pictures/front.html`, `pictures/effects.html`, `pictures/layers.html`" in text


def test_every_figure_is_in_the_csv(swept: Swept) -> None:
    folder = swept[0]
    text = file_of(folder, _sweep_of(folder), "points.csv").read_text()
    lines = list(csv.DictReader(text.splitlines()))
    points = {point.id: point for point in runs_in(folder, "point")}
    assert {line["run_id"] for line in lines} == set(points)
    for line in lines:
        point = points[line["run_id"]]
        assert {name: line[name] for name in point.params} == point.params
        assert {name: float(line[name]) for name in point.metrics} == point.metrics


def test_it_is_made_again_and_a_stale_mark_is_taken_away(swept: Swept, tool: Command) -> None:
    folder = swept[0]
    store = store_in(folder)
    other = next(each for each in runs_in(folder, "point") if "runner.pick" not in each.tags)
    marked = store.reopen(other)
    marked.tag("runner.pick", "true")
    marked.flush()
    before = _sweep_of(folder)
    said = tool("report.__main__", "latest").stdout
    for word in (
        "Ship ",
        "It drops ",
        "too close to tell",
        "File: ",
        "Sweep on: python -m runner ",
    ):
        assert word in said
    done = tool("report.__main__", "latest", "--json")
    assert done.returncode == 0, done.stderr
    assert Path(json.loads(done.stdout)["report"]) == file_of(folder, before, "report.html")
    assert "runner.pick" not in store.get(other.id).tags
    after = _sweep_of(folder)
    assert (after.status, after.ended, after.metrics) == ("FINISHED", before.ended, before.metrics)


def test_a_note_by_hand_is_left_alone(swept: Swept, tool: Command) -> None:
    folder = swept[0]
    sweep = store_in(folder).reopen(_sweep_of(folder))
    written = _sweep_of(folder).tags["mlflow.note.content"]
    try:
        for text in ("My own words.", written):
            sweep.tag("mlflow.note.content", text)
            sweep.flush()
            assert tool("report.__main__", "latest").returncode == 0
            assert _sweep_of(folder).tags["mlflow.note.content"] == text
    finally:
        sweep.tag("mlflow.note.content", written)
        sweep.flush()


def test_a_folder_that_cannot_be_written_to_is_refused(tool: Command, npz: Path) -> None:
    done = tool("report.__main__", "latest", "--output", str(npz))
    assert done.returncode == 2
    assert done.stderr.startswith(f"python -m runner.report: --output={npz}: must be a folder")


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> tuple[Store, list[Record]]:
    """Sweeps of 100 and 20 points on a baseline, with figures that fall as sparsity grows."""
    database = shutil.copy(empty_store, tmp_path_factory.mktemp("many") / "mlflow.db")
    store = Store(f"sqlite:///{database}", "sparsity")
    baseline = store.new_run(Kind.BASELINE, "dense", {"dataset.name": "digits"}, {})
    baseline.log_metrics(_figures(0, 0))
    baseline.flush()
    sweeps = []
    for name, points in (("one", 100), ("<b>two</b>", 20)):
        sweep = store.new_run(Kind.SWEEP, name, {"report.max_drop": "0.02"}, {"runner.sweep": name})
        sweep.flush()
        sweeps.append(store.get(sweep.id))
        for number in range(points):
            epochs, sparsity = number // 10, number % 10 / 10
            params = {"dataset.name": "digits", "epochs": str(epochs)}
            params |= {"final_sparsity": str(sparsity)}
            tags = {"runner.baseline_run_id": baseline.id}
            point = store.new_run(
                Kind.POINT, f"→{sparsity} epochs={epochs}", params, tags, sweep.id
            )
            if number == points - 1:
                with pytest.raises(ValueError, match="broken"), point.closing():
                    raise ValueError("broken <script>alert(1)</script>")
                continue
            point.log_metrics(_figures(sparsity, epochs) | {"sparsity": sparsity})
            point.flush()
    return store, sweeps


def _figures(sparsity: float, epochs: int) -> dict[str, float]:
    figures = {
        "size_bytes": 90_000,
        "zip_bytes": 80_000 * (1.01 - sparsity) + epochs,
        "zip_ratio": 1 / (1.01 - sparsity),
        "accuracy": 0.97 - sparsity**4 / 10,
        "validation_accuracy": 0.98 - sparsity**4 / 10 - epochs / 1000,
    }
    return {f"{name}/{each}": value for name, value in figures.items() for each in Target}


def test_sweeps_stand_side_by_side(many: tuple[Store, list[Record]]) -> None:
    store, sweeps = many
    contents = gather(store, [read(store, sweep) for sweep in sweeps])
    charts = draw_charts(contents)
    assert set(charts) == {"front", "effects"}
    assert len(contents.shown) == 16
    html = page(contents, charts)
    assert len(html) < 2_000_000
    assert len(html) + sum(len(picture(*each)) for each in charts.items()) < 6_000_000
    data = files_in(html)
    assert data["heading"][1] == "sweep"
    assert sum(row[1] == "one" for row in data["rows"]) == 99 * len(Target)
    assert "<b>two</b>" not in html
    assert "<script>alert(1)" not in html
    assert html.count("broken &lt;script&gt;") == 2
    assert html.count('class="decision"') == 2


def test_the_setting_that_matters_stands_first_with_its_share(
    many: tuple[Store, list[Record]],
) -> None:
    store, (sweep, _) = many
    target, (accuracy, size) = importances(gather(store, [read(store, sweep)]))
    assert target in [*Target]
    for each in (accuracy, size):
        assert [name for name, *_ in each.shares] == ["final_sparsity", "epochs"]
        # The figures are made of both settings, and of nothing else.
        assert each.explained > 0.9
        assert 0.9 < sum(share for _, share, _ in each.shares) < 1.3
        assert all(deviation < 0.2 for *_, deviation in each.shares)


def test_a_note_fits_into_a_tag_however_many_points_there_are(
    many: tuple[Store, list[Record]],
) -> None:
    store, (sweep, _) = many
    text = note(gather(store, [read(store, sweep)]), ["front"])
    assert len(text) < 8000
    assert "99 of 100 points done" not in text
    assert re.search(r"\d+ more points are in `report.html`", text)
    assert "1 failed" in text
    assert "FAILED: →0.9 epochs=9: ValueError: broken" in text


def test_a_report_that_no_run_takes_is_written_into_a_folder(
    many: tuple[Store, list[Record]],
    caplog: pytest.LogCaptureFixture,
    settings: Configure,
    tmp_path: Path,
) -> None:
    store, _ = many
    gone = store.new_run(Kind.SWEEP, "gone", {}, {})
    gone.flush()
    store.delete(store.get(gone.id))
    report = FinalReport(store, gone.id, settings(), tmp_path / "report")
    with pytest.raises(NotReported, match="its report could not be stored: "):
        report.make("FINISHED", Patience())
    assert (tmp_path / "report" / "report.html").is_file()
    assert "no report: " in caplog.text
    again = f"python -m runner.report {gone.id} --experiment sparsity --tracking-uri {store.uri}"
    assert again in caplog.text


def test_a_sweep_that_lacks_what_is_asked_for_is_not_finished(
    store_folder: Path, settings: Configure, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Store(f"sqlite:///{store_folder}/mlflow.db", "sparsity")
    baseline = store.new_run(Kind.BASELINE, "dense", {"dataset.name": "digits"}, {})
    sweep = store.new_run(Kind.SWEEP, "one", {"report.max_drop": "0.02"}, {"runner.sweep": "one"})
    tags = {"runner.baseline_run_id": baseline.id}
    point = store.new_run(Kind.POINT, "a", {"dataset.name": "digits"}, tags, sweep.id)
    for run in (baseline, point):
        run.log_metrics(_figures(0, 0) | {"sparsity": 0.0})
        run.end("FINISHED")
    report = FinalReport(store, sweep.id, settings("measure.latency=true"), store_folder / "report")
    # The figures say that there are files, and the store gives none.
    with pytest.raises(NotReported, match="not all is measured that is asked for: dense "):
        report.make("FINISHED", Patience())
    assert capsys.readouterr().out.count("All files: ") == 1
    assert Path(store.local_file(store.get(sweep.id), "report.html")).is_file()
