"""The report's page, opened from disk without a network: on screens, at night, on paper."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.helpers.project import Shoot
from tests.helpers.stores import file_of, runs_in
from tests.ui.axe import violations

pytestmark = pytest.mark.ui

CHARTS = ("front", "effects", "layers", "curves")
SIZES = {"390": (390, 844), "768": (768, 1024), "1440": (1440, 900)}


@pytest.fixture
def report(page: Page, folder: Path) -> Page:
    """The page, in a browser that is offline; whatever its scripts complain of is an error."""
    (sweep,) = runs_in(folder, "sweep")
    page.context.set_offline(True)
    page.on("pageerror", _fail)
    page.on("requestfailed", lambda request: _fail(request.url))
    page.goto(file_of(folder, sweep, "report.html").as_uri())
    page.locator("body[data-ready]").wait_for()
    return page


def _fail(problem: object) -> None:
    raise AssertionError(problem)


def test_the_first_screen_says_what_to_ship_and_shows_it(report: Page, shoot: Shoot) -> None:
    report.set_viewport_size({"width": 1440, "height": 900})
    for selector in (".decision strong", "#front svg.on-screens"):
        box = report.locator(selector).bounding_box()
        assert box
        assert box["y"] + box["height"] <= 900, selector
    for name in CHARTS:
        assert report.locator(f"#figure-{name} svg.on-screens").is_visible()
    shoot(report, "report")
    for name in CHARTS:
        shoot(report, name, f"#figure-{name}")


def test_no_label_of_a_picture_covers_another(report: Page) -> None:
    for name in CHARTS:
        texts = report.locator(f"#figure-{name} svg.on-screens :is(.xtick, .ytick)").all()
        boxes = [box for text in texts if (box := text.bounding_box())]
        assert boxes
        for number, one in enumerate(boxes):
            for other in boxes[number + 1 :]:
                apart = (
                    one["x"] + one["width"] <= other["x"] + 1
                    or other["x"] + other["width"] <= one["x"] + 1
                    or one["y"] + one["height"] <= other["y"] + 6
                    or other["y"] + other["height"] <= one["y"] + 6
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


def test_rows_and_columns_are_filtered_and_the_file_to_ship_is_found(report: Page) -> None:
    rows, count = report.locator("#sortable tbody tr"), report.locator("#count")
    # A wide page shows so many at a time.
    everything = min(int(count.inner_text().split(" ")[0]), 50)
    assert rows.count() == everything
    report.locator("#filters label", has_text="file").last.locator("select").select_option("=h5")
    assert set(report.locator("#sortable td[data-name=file]").all_text_contents()) == {"h5"}
    assert 0 < rows.count() < everything
    report.locator("#words").fill("no such words")
    expect(rows).to_have_count(0)
    # It is not among the rows that are left, and found all the same.
    report.locator("#jump").click()
    expect(report.locator("tr.to-ship")).to_be_focused()
    expect(rows).to_have_count(everything)
    report.locator("#columns summary").click()
    report.locator("#columns label", has_text="zipped bytes").locator("input").uncheck()
    expect(report.locator("#sortable td[data-name='zipped bytes']")).to_have_count(0)
    expect(report.get_by_role("button", name="zipped bytes")).to_have_count(0)


def test_axes_and_colours_are_chosen_and_each_row_leads_to_its_file(report: Page) -> None:
    canvas = report.locator("#plot canvas")
    assert "validation against zipped bytes, coloured by file" in (
        canvas.get_attribute("aria-label") or ""
    )
    report.locator("#x").select_option(label="test")
    report.locator("#colour").select_option(label="zipped bytes")
    label = canvas.get_attribute("aria-label") or ""
    assert "validation against test, coloured by zipped bytes" in label
    for link in report.locator("#sortable a").all()[:6]:
        address = link.get_attribute("href") or ""
        assert Path(address.removeprefix("file://")).exists(), address


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_everyone_can_read_it_at_any_width_day_and_night(
    page: Page, report: Page, size: str, scheme: str, shoot: Shoot
) -> None:
    width, height = SIZES[size]
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": height})
    report.reload()
    report.locator("body[data-ready]").wait_for()
    ground = report.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(255, 255, 255)") == (scheme == "light")
    assert report.evaluate("document.documentElement.scrollWidth") <= width
    if size == "390":
        wider = "[...document.querySelectorAll('main *')].filter(each => each.scrollWidth > "
        wider += "each.clientWidth + 1 && getComputedStyle(each).overflowX === 'auto').length"
        assert report.evaluate(wider) == 0
    if (size, scheme) != ("1440", "light"):
        # That one is the first picture of all.
        shoot(report, f"report_{size}_{scheme}")
    report.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    assert violations(report) == []


def test_all_of_it_is_printed(report: Page) -> None:
    report.emulate_media(media="print")
    report.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert report.locator("#controls").is_hidden()
    assert report.locator("details:not([open])").count() == 0
    shown = report.locator("#sortable tbody tr").count()
    assert shown == int(report.locator("#count").inner_text().split(" ")[0])
    report.set_viewport_size({"width": 718, "height": 1000})
    assert report.evaluate("document.documentElement.scrollWidth") <= 718
    pages = report.pdf(format="A4").count(b"/Type /Page\n")
    assert pages > 1


def test_the_command_to_repeat_it_is_there(report: Page) -> None:
    assert "python -m runner +sweep=" in report.locator("pre").first.inner_text()
    assert "python -m runner promote " in report.locator(".decision").inner_text()


def test_scripts_of_others_do_not_run_in_it(report: Page) -> None:
    report.evaluate(
        "() => { const made = document.createElement('script');"
        "made.textContent = 'document.title = \"taken\"'; document.body.append(made); }"
    )
    assert report.title() != "taken"
