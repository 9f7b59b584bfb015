import pytest
from markdown_it import MarkdownIt

from runner.escaping.markdown import code, plain
from runner.escaping.terminal import visible
from tests.helpers.nasty_names import NAMES, hidden_in

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def _inline(text: str) -> list[tuple[str, str]]:
    """Return what one paragraph consists of: kinds and texts."""
    tokens = PARSER.parse(text)
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    return [(token.type, token.content) for token in tokens[1].children or []]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_shown_as_it_is(name: str) -> None:
    text = plain(NAMES[name])
    assert hidden_in(text) == []
    assert "\n" not in text
    parts = _inline(text)
    assert {kind for kind, _ in parts} <= {"text", "text_special"}
    assert "".join(content for _, content in parts) == visible(NAMES[name]).strip()


@pytest.mark.parametrize("name", NAMES)
def test_a_name_stays_in_its_cell(name: str) -> None:
    tokens = PARSER.parse(f"| a | b |\n|---|---|\n| {plain(NAMES[name])} | c |")
    assert [token.type for token in tokens].count("td_open") == 2
    cells = [token for token in tokens if token.type == "inline"][2:]
    assert [each.content for each in cells][1] == "c"
    shown = "".join(child.content for child in cells[0].children or [])
    assert shown == visible(NAMES[name]).strip()


@pytest.mark.parametrize("name", NAMES)
def test_code_can_be_copied(name: str) -> None:
    assert _inline(f"in {code(NAMES[name])} there")[1] == ("code_inline", visible(NAMES[name]))


@pytest.mark.parametrize("text", ["- a", "+ a", "1. a", "12) a", "# a", "> a", "***", "==="])
def test_no_line_begins_another_block(text: str) -> None:
    assert "".join(content for _, content in _inline(plain(text))) == text


@pytest.mark.parametrize("text", ["http://a.b/c", "https://a", "www.a.b", "me@a.b"])
def test_no_address_becomes_a_link(text: str) -> None:
    assert text not in plain(text)
    assert "".join(content for _, content in _inline(plain(text))) == text


def test_ordinary_names_are_left_as_they_are() -> None:
    for text in (
        "tflite_int8",
        "0.5→0.8 2 epochs",
        "schedule.final_sparsity=0.5",
        "conv2d_1/kernel",
    ):
        assert plain(text) == text
        assert code(text) == f"`{text}`"
    assert code("") == ""
