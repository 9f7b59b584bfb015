"""The report's page, opened from disk without a network."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.helpers.project import Shoot
from tests.helpers.stores import file_of, runs_in

pytestmark = pytest.mark.ui


@pytest.fixture
def report(page: Page, folder: Path) -> Page:
    """The page, in a browser that is offline; whatever its scripts complain of is an error."""
    (sweep,) = runs_in(folder, "sweep")
    page.context.set_offline(True)
    page.on("pageerror", _fail)
    page.on("requestfailed", lambda request: _fail(request.url))
    page.goto(file_of(folder, sweep, "report.html").as_uri())
    return page


def _fail(problem: object) -> None:
    raise AssertionError(problem)


def test_the_decision_stands_first_and_every_picture_is_drawn(report: Page, shoot: Shoot) -> None:
    first = report.locator("body > *:not(script)").nth(1)
    assert first.get_attribute("class") == "decision"
    for name in ("front", "effects", "layers", "curves"):
        report.locator(f"#figure-{name} .main-svg").first.wait_for()
    shoot(report, "report")
    for name in ("front", "effects", "layers", "curves"):
        shoot(report, name, f"#{name}")


def test_no_label_of_a_picture_covers_another(report: Page) -> None:
    for name in ("front", "effects", "layers", "curves"):
        report.locator(f"#figure-{name} .main-svg").first.wait_for()
        texts = report.locator(f"#figure-{name} :is(.xtick, .ytick) text").all()
        boxes = [box for text in texts if (box := text.bounding_box())]
        assert boxes
        straight = [box for box in boxes if name != "layers" or box["height"] < 30]
        for number, one in enumerate(straight):
            for other in straight[number + 1 :]:
                apart = (
                    one["x"] + one["width"] <= other["x"] + 1
                    or other["x"] + other["width"] <= one["x"] + 1
                    or one["y"] + one["height"] <= other["y"] + 4
                    or other["y"] + other["height"] <= one["y"] + 4
                )
                assert apart, (name, one, other)


def test_a_click_sorts_the_table_and_another_turns_it_around(report: Page) -> None:
    heading = report.locator("#sortable thead th")
    names = [text.strip() for text in heading.all_text_contents()]
    for name in ("test", "zipped bytes"):
        column = names.index(name)
        for direction in ("ascending", "descending"):
            heading.nth(column).locator("button").click()
            assert heading.nth(column).get_attribute("aria-sort") == direction
            cells = report.locator(f"#sortable tbody td:nth-child({column + 1})")
            values = [float(text.strip("%").replace(",", "")) for text in cells.all_text_contents()]
            assert values == sorted(values, reverse=direction == "descending")


def test_all_texts_can_be_read_on_a_phone(report: Page) -> None:
    report.set_viewport_size({"width": 360, "height": 740})
    report.reload()
    report.locator("#figure-front .legendtext").first.wait_for()
    assert report.evaluate("document.documentElement.scrollWidth") <= 360
    for selector in (".decision p, .decision li", "#sortable td", "#front .legendtext", "pre"):
        boxes = [each.bounding_box() for each in report.locator(selector).all()[:60]]
        shown = [box for box in boxes if box]
        assert shown, selector
        assert all(box["x"] >= 0 and box["x"] + box["width"] <= 360 for box in shown), selector
    words = set(report.locator("#sortable td[data-name^=limit]").all_text_contents()) - {""}
    assert words
    assert words <= {"within", "beyond", "too close to tell"}


def test_the_command_to_repeat_it_is_there(report: Page) -> None:
    assert "python -m runner +sweep=" in report.locator("pre").inner_text()
