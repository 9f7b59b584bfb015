"""A picture shows names from outside as text, in a real browser, and so does plotly."""

from pathlib import Path

import pytest
from playwright.sync_api import Page
from plotly.graph_objects import Figure, Scatter

from runner.escaping.html import chart_text
from runner.escaping.terminal import visible
from runner.report.charts.style import apply_style
from runner.report.svg.picture import picture
from tests.helpers.nasty_names import MARKER, NAMES

pytestmark = pytest.mark.ui

SHOWN = ["script", "end of script", "link", "percent", "quotes", "backslash", "right to left"]


def test_every_text_of_a_picture_shows_a_name_as_it_is(page: Page, tmp_path: Path) -> None:
    names = [chart_text(NAMES[name]) for name in SHOWN]
    figure = Figure()
    for name in names:
        figure.add_trace(Scatter(x=names, y=list(range(len(names))), name=name))
    figure.update_xaxes(type="category", title=names[0])
    figure.update_layout(title=names[2], height=900)
    figure.add_annotation(text=f"<b>{names[1]}</b>", x=0, y=0)
    path = tmp_path / "picture.html"
    figure.write_html(path)
    page.goto(path.as_uri())
    page.locator(".main-svg").first.wait_for()
    for selector in (".legendtext", ".xtick text"):
        texts = page.locator(selector).all_text_contents()
        assert [" ".join(text.split()) for text in texts] == [
            visible(NAMES[name]) for name in SHOWN
        ]
    assert page.locator(".gtitle").text_content() == NAMES["link"]
    assert page.locator(".annotation-text").text_content() == NAMES["end of script"]
    assert page.locator(".main-svg a").count() == 0
    assert page.title() != MARKER


def test_a_picture_of_the_report_shows_a_name_as_it_is(page: Page, tmp_path: Path) -> None:
    names = [chart_text(NAMES[name]) for name in SHOWN]
    figure = Figure()
    for name in names:
        figure.add_trace(Scatter(x=[1, 2], y=[1, 2], name=name, mode="markers", text=[name, name]))
    figure.update_traces(hovertemplate="%{text}<extra></extra>")
    path = tmp_path / "picture.html"
    path.write_text(picture("one", apply_style(figure, names[0])), encoding="utf-8")
    page.goto(path.as_uri())
    known = [visible(NAMES[name]) for name in SHOWN]
    legend = page.locator("svg.on-screens .legend").all_text_contents()
    assert [
        text.rstrip("…") == name[: len(text.rstrip("…"))]
        for text, name in zip(legend, known, strict=True)
    ] == [True] * len(known)
    assert set(page.locator("svg.on-screens .marks title").all_text_contents()) == set(known)
    assert page.locator("figcaption").text_content() == known[0]
    assert page.title() != MARKER
