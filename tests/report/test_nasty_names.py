"""A report of a sweep whose names come from outside shows them as text, wherever it does."""

import csv
import io
import json
import re
from collections.abc import Mapping
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token
from plotly.graph_objects import Figure

from runner.report.charts import draw_charts
from runner.report.contents import Contents, gather
from runner.report.markdown import note, whole
from runner.report.page import page
from runner.report.points_csv import points_csv
from runner.report.svg.picture import picture
from tests.helpers.nasty_names import HIDDEN, NAMES, hidden_in
from tests.helpers.nasty_sweep import POINTS, nasty_sweep
from tests.helpers.page_data import files_in

# The dense network and what the points are.
WAYS = 2
_TAGS = re.compile(r"</?(?:b|a|script|img)\b[^>]*>")


@pytest.fixture(scope="module")
def contents(tmp_path_factory: pytest.TempPathFactory) -> Contents:
    store, results = nasty_sweep(tmp_path_factory.mktemp("nasty"))
    return gather(store, [results])


@pytest.fixture(scope="module")
def charts(contents: Contents) -> Mapping[str, Figure]:
    return draw_charts(contents)


def test_no_cell_of_the_points_is_a_formula(contents: Contents) -> None:
    lines = list(csv.reader(io.StringIO(points_csv(contents), newline="")))
    assert {len(line) for line in lines} == {len(lines[0])}
    assert len(lines) == len(POINTS) + 1
    begins = {cell[0] for line in lines for cell in line if cell}
    assert not begins & set("=+-@\t\r\n")


def _tokens(text: str) -> list[Token]:
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    return [each for token in tokens for each in (token, *(token.children or []))]


@pytest.mark.parametrize("kind", ["report", "note"])
def test_markdown_holds_no_markup_of_a_name(contents: Contents, kind: str) -> None:
    text = whole(contents) if kind == "report" else note(contents, ["front"])
    assert hidden_in(text) == []
    tokens = _tokens(text)
    kinds = {token.type for token in tokens}
    assert not kinds & {"html_inline", "html_block", "link_open", "image", "em_open", "s_open"}
    assert not kinds & {"fence", "code_block", "blockquote_open", "ordered_list_open", "hr"}
    assert not re.search(r"https?://|www\.", re.sub(r"`+[^`]*`+", "", text))
    # Headings and strong words are the report's own.
    inner = [
        tokens[at + 1].content for at, each in enumerate(tokens) if each.type == "heading_open"
    ]
    if kind == "report":
        assert [each for each in inner if each in ("How", "Settings")] == ["How", "Settings"]
        assert len(inner) == 5
        assert sum(token.type == "tr_open" for token in tokens) == len(POINTS) + 2 + WAYS + 1


def test_a_row_of_a_table_has_as_many_cells_as_its_head(contents: Contents) -> None:
    tables = [part for part in whole(contents).split("\n\n") if part.startswith("|")]
    for text, lines in zip(tables, (len(POINTS) + 1, WAYS), strict=True):
        rows = text.strip().split("\n")
        bars = {len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) for row in rows}
        assert len(rows) == lines + 2
        assert len(bars) == 1


class _Text(HTMLParser):
    """The tags of a page, and the texts outside of its scripts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []
        self._in_script = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self.tags.append(tag)
        self._in_script = tag == "script"

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False if tag == "script" else self._in_script

    def handle_data(self, data: str) -> None:
        if not self._in_script:
            self.texts.append(data)


def test_the_page_shows_names_as_text(contents: Contents, charts: Mapping[str, Figure]) -> None:
    html = page(contents, charts)
    html.encode()
    read = _Text(html)
    assert not {"b", "img"} & set(read.tags)
    assert all(address.startswith("#") for address in re.findall(r"<a href=.([^ >]*)", html))
    # One with the files, and the page's own.
    assert read.tags.count("script") == 2
    text = "".join(read.texts)
    assert NAMES["script"] in text
    assert [character for character in HIDDEN if character in text and character != "\n"] == []


@pytest.mark.parametrize("chart", ["front", "effects", "layers", "confusion", "curves"])
def test_a_chart_shows_names_as_text(charts: Mapping[str, Figure], chart: str) -> None:
    texts = list(_strings(json.loads(charts[chart].to_json())))
    own = {"<br>", "<extra></extra>", "<b>", "</b>"}
    assert any("&lt;script&gt;" in text for text in texts)
    for text in texts:
        if not text.startswith("<b>"):
            assert not set(_TAGS.findall(text)) - own, text
        assert hidden_in(text) == []
        assert text.count("<b>") <= 1


@pytest.mark.parametrize("chart", ["front", "effects", "layers", "confusion", "curves"])
def test_a_picture_shows_names_as_text(charts: Mapping[str, Figure], chart: str) -> None:
    read = _Text(picture(chart, charts[chart]))
    known = {"html", "head", "meta", "title", "link", "style", "body", "main", "figure"}
    known |= {"figcaption", "svg", "g", "path", "rect", "text"}
    assert set(read.tags) <= known
    text = "".join(read.texts)
    assert "script" in text
    assert [character for character in HIDDEN if character in text and character != "\n"] == []


def test_data_in_a_page_end_no_script(contents: Contents, charts: Mapping[str, Figure]) -> None:
    html = page(contents, charts)
    assert html.count("</script>") == html.count("<script") == 2
    assert any(NAMES["script"] in cell for row in files_in(html)["rows"] for cell in row)


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        # The template is plotly's own.
        inner = [each for name, each in value.items() if name != "template"]
        return [text for each in inner for text in _strings(each)]
    return [text for each in value for text in _strings(each)] if isinstance(value, list) else []
