"""What a sweep leaves behind, as people see it in MLflow's own UI."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from runner.tracking import Record
from tests.helpers.project import Shoot
from tests.helpers.stores import runs_in, store_in

pytestmark = pytest.mark.ui


@pytest.fixture
def sweep(folder: Path) -> Record:
    (found,) = runs_in(folder, "sweep")
    return found


@pytest.fixture
def experiment(ui: str, folder: Path) -> str:
    """The address of the experiment's pages."""
    return f"{ui}/#/experiments/{store_in(folder).experiment_id}"


def test_the_experiment_is_listed(page: Page, ui: str) -> None:
    page.goto(f"{ui}/#/experiments")
    page.get_by_role("link", name="sparsity", exact=True).first.wait_for()


def test_points_are_nested_and_their_names_are_whole(
    page: Page, experiment: str, sweep: Record, folder: Path, shoot: Shoot
) -> None:
    rows = _points(page, experiment, sweep)
    names = {point.name for point in store_in(folder).children(sweep.id)}
    assert {row.get_by_role("link").first.inner_text() for row in rows} == names
    for row in rows:
        link = row.get_by_role("link").first
        assert link.evaluate("each => each.scrollWidth <= each.clientWidth + 1")
    shoot(page, "runs")


def test_all_points_compared_give_axes_of_numbers(
    page: Page, experiment: str, sweep: Record, shoot: Shoot
) -> None:
    for row in _points(page, experiment, sweep):
        row.locator(".ag-selection-checkbox input").check()
    page.get_by_role("button", name="Compare", exact=True).click()
    page.locator(".parcoords .axis-title").first.wait_for()
    titles = page.locator(".parcoords .axis-title").all_text_contents()
    assert titles[-1].startswith("accuracy/")
    assert titles[:-1]
    assert all(title.startswith("schedule.") for title in titles[:-1])
    ticks = page.locator(".parcoords .axis .tick text").all_text_contents()
    assert ticks
    assert all(re.fullmatch(r"[\d.]+", tick) for tick in ticks)
    shoot(page, "compare")


def test_the_sweep_says_what_to_ship(
    page: Page, experiment: str, sweep: Record, shoot: Shoot
) -> None:
    page.goto(f"{experiment}/runs/{sweep.id}")
    page.get_by_text(re.compile(r"^(Ship tflite|No file is within)")).first.wait_for()
    page.get_by_text("Show more").click()
    table = page.locator("table", has=page.get_by_role("cell", name="baseline", exact=True))
    assert table.first.locator("tr").count() >= 3
    for metric in ("points_done", "best_zip_ratio", "picked_accuracy"):
        expect(page.get_by_text(metric, exact=True)).to_be_visible()
    shoot(page, "sweep")


@pytest.mark.parametrize("name", ["front", "effects", "layers"])
def test_pictures_open_in_the_artifact_viewer(
    page: Page, experiment: str, sweep: Record, name: str, shoot: Shoot
) -> None:
    page.goto(f"{experiment}/runs/{sweep.id}/artifacts/pictures/{name}.html")
    drawn = (
        page.frame_locator("iframe")
        .locator("svg.on-screens, svg.on-phones")
        .locator("visible=true")
        .first
    )
    drawn.wait_for()
    box = drawn.bounding_box()
    assert box
    # A map is as tall as its names are many.
    assert box["width"] > 200
    assert box["height"] > 60
    if name == "front":
        shoot(page, "artifact")


def test_curves_of_a_point_line_up_by_epoch(
    page: Page, experiment: str, sweep: Record, folder: Path, shoot: Shoot
) -> None:
    point = store_in(folder).children(sweep.id)[-1]
    page.goto(f"{experiment}/runs/{point.id}/model-metrics")
    # A filter that is typed before the charts are there is lost.
    page.locator(".js-plotly-plot").first.wait_for()
    page.get_by_placeholder("Search metric charts").fill("loss|val_accuracy|epoch_sparsity")
    charts = page.locator(".js-plotly-plot")
    expect(charts).to_have_count(4)
    for chart in charts.all():
        chart.locator(".xtick text").first.wait_for()
    axes = [chart.locator(".xtick text").all_text_contents() for chart in charts.all()]
    assert axes[0][0] == "1"
    assert all(axis == axes[0] for axis in axes)
    shoot(page, "curves_of_a_point")


def _points(page: Page, experiment: str, sweep: Record) -> list[Locator]:
    """Open the runs, unfold the sweep, and return the rows of its points."""
    page.goto(f"{experiment}/runs")
    row = page.locator(".ag-row", has=page.get_by_role("link", name=sweep.name, exact=True))
    row.first.wait_for()
    assistant = page.get_by_label("Close", exact=True)
    if assistant.count():
        assistant.first.click()
    row.locator("button").first.click()
    points = page.locator(".ag-row", has=page.get_by_role("link", name=re.compile("→|sparsity=")))
    expect(points).to_have_count(int(sweep.metrics["points_done"]))
    return points.all()
