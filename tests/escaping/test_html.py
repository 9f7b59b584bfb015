from pathlib import Path

import pytest

from runner.escaping.html import chart_text, environment
from runner.escaping.terminal import visible
from tests.helpers.nasty_names import NAMES, hidden_in
from tests.helpers.project import PROJECT
from tests.helpers.source_code import files


@pytest.mark.parametrize("name", NAMES)
def test_a_template_shows_a_name_as_text(name: str) -> None:
    template = environment("runner.report").from_string('<i title="{{ name }}">{{ name }}</i>')
    html = template.render(name=NAMES[name])
    html.encode()
    assert hidden_in(html) == []
    assert html.count("<") == 2
    assert html.count('"') == 2


@pytest.mark.parametrize("name", NAMES)
def test_plotly_finds_no_markup_in_a_name(name: str) -> None:
    text = chart_text(NAMES[name])
    assert hidden_in(text) == []
    assert not set(text) & set("<>")
    assert "%{" not in text


def test_an_ordinary_name_is_left_as_it_is() -> None:
    assert chart_text(NAMES["ordinary"]) == visible(NAMES["ordinary"]) == NAMES["ordinary"]


def test_every_template_is_filled_where_texts_are_escaped() -> None:
    sources = {path: (PROJECT / path).read_text() for path in files("runner")}
    made = [path for path, source in sources.items() if "Environment(" in source]
    assert made == [Path("runner/escaping/html.py")]
    templates = [path.read_text() for path in (PROJECT / "runner").rglob("*.j2")]
    assert templates
    assert not [text for text in templates if "|safe" in text or "| safe" in text]
