"""The saved views of MLflow's pages, as the addresses that are printed open them."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from runner.results.decision import decide_all
from runner.results.page_views import page_views
from runner.results.rows import Results, read
from runner.tracking import Record, Store
from runner.tracking.saved_views import address
from runner.tracking.saved_views.keep import kept, points_key
from runner.tracking.saved_views.view import View
from tests.helpers.project import Shoot
from tests.helpers.stores import runs_in, store_in

pytestmark = pytest.mark.ui


@dataclass(frozen=True)
class Swept:
    """A sweep, its views (points, sweeps, charts), and the address of MLflow's pages on it."""

    ui: str
    store: Store
    results: Results
    views: tuple[View, ...]

    @property
    def points(self) -> list[Record]:
        """Its points, the smallest file first."""
        charts = self.views[0].charts
        assert charts
        points = (row.point for row in self.results.rows)
        return sorted(points, key=lambda point: point.metrics[charts.size])

    def address(self, view: int) -> str:
        """Where one of the views is seen."""
        return self.ui + address.of_saved(self.store.experiment_id, self.views[view])


@pytest.fixture
def swept(ui: str, folder: Path) -> Swept:
    (sweep,) = runs_in(folder, "sweep")
    store = store_in(folder)
    results = read(store, sweep)
    views = page_views(results, decide_all(results, store))
    return Swept(ui, store, results, tuple(views))


def _names(page: Page) -> list[str]:
    """The names of the runs from top to bottom, whatever their order in the document."""
    return _placed(page.locator(".ag-row [col-id='attributes.`Run Name`'] a"))


def _titles(page: Page) -> list[str]:
    """The titles of the columns from left to right."""
    # The page has no columns outside of the window.
    page.set_viewport_size({"width": 2400, "height": 1000})
    expect(page.locator(".ag-header-cell", has_text="Duration")).to_be_visible()
    return [title for title in _placed(page.locator(".ag-header-cell")) if title]


def _placed(found: Locator) -> list[str]:
    """The texts of what stands in one row or one column, by place."""
    boxes = [(each.bounding_box(), each.inner_text().strip()) for each in found.all()]
    return [text for _, _, text in sorted((box["y"], box["x"], text) for box, text in boxes if box)]


def test_the_printed_address_shows_the_points_by_size(
    page: Page, swept: Swept, shoot: Shoot
) -> None:
    place = kept(swept.store, points_key(swept.results.sweep.id))
    assert place
    page.goto(swept.ui + place)
    expect(page.locator(".ag-center-cols-container .ag-row")).to_have_count(len(swept.results.rows))
    assert _names(page) == [point.name for point in swept.points]
    shoot(page, "points")
    columns = [column.name for column in swept.views[0].columns]
    assert _titles(page)[: 2 + len(columns)] == ["Run Name", "Created", *columns]
    first, charts = swept.points[0], swept.views[0].charts
    assert charts
    cells = page.locator(".ag-center-cols-container .ag-row[row-index='0'] .ag-cell")
    shown = dict(zip(columns, _placed(cells), strict=False))
    assert shown["schedule.epochs"] == first.params["schedule.epochs"]
    assert float(shown[charts.size]) == first.metrics[charts.size]
    assert float(shown[charts.accuracy]) == first.metrics[charts.accuracy]


def test_sweeps_have_a_row_each(page: Page, swept: Swept) -> None:
    page.goto(swept.address(1))
    rows = page.locator(".ag-center-cols-container .ag-row")
    expect(rows).to_have_count(1)
    assert _names(page) == [swept.results.sweep.name]
    number = len(swept.results.rows)
    expect(rows.get_by_text(f"{number} of {number} points done")).to_be_visible()
    columns = [column.name for column in swept.views[1].columns]
    assert _titles(page)[: 2 + len(columns)] == ["Run Name", "Created", *columns]


def test_charts_show_accuracy_over_size_and_what_varies(
    page: Page, swept: Swept, shoot: Shoot
) -> None:
    page.goto(swept.address(2))
    for point in swept.points:
        expect(page.get_by_role("link", name=point.name, exact=True).first).to_be_visible()
    charts = swept.views[2].charts
    assert charts
    scatter = page.locator(".js-plotly-plot").first
    expect(scatter.locator(".xtitle")).to_have_text(charts.size)
    expect(scatter.locator(".ytitle")).to_have_text(charts.accuracy)
    expect(scatter.locator(".scatterlayer .point")).to_have_count(len(swept.results.rows))
    expect(page.locator(".parcoords").first.locator(".dimension")).to_have_count(
        len(charts.parameters) + 2
    )
    shoot(page, "charts")


def test_views_are_offered_by_their_names(page: Page, swept: Swept) -> None:
    page.goto(
        f"{swept.ui}/#/experiments/{swept.store.experiment_id}/runs?workflowType=machine_learning"
    )
    page.get_by_role("button", name="Views").click()
    for name in (f"{swept.results.name}: points", "sweeps", "charts of all points"):
        expect(page.get_by_text(name, exact=True)).to_be_visible()
    page.get_by_text("sweeps", exact=True).click()
    expect(page.locator(".ag-center-cols-container .ag-row")).to_have_count(1)


def test_a_server_of_another_version_shows_the_same_runs(page: Page, swept: Swept) -> None:
    page.goto(swept.ui + address.of_search(swept.store.experiment_id, swept.views[0]))
    expect(page.locator(".ag-center-cols-container .ag-row")).to_have_count(len(swept.results.rows))
    assert _names(page) == [point.name for point in swept.points]
