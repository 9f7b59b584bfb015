"""Pictures of a terminal: a real sweep while it runs, and how it ends, at three widths."""

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.helpers.processes import end_tree
from tests.helpers.project import PROJECT
from tests.helpers.pseudo_terminal import PseudoTerminal
from tests.helpers.terminal_picture import terminal_picture

pytestmark = pytest.mark.ui

# Set by `make screenshots`.
PICTURES = os.environ.get("SCREENSHOTS")
# The first one breaks the first line between words, and the others have room for it.
WIDTHS = (60, 80, 120)
# Higher than what a sweep prints, so that nothing scrolls away.
HEIGHT = 60
TITLE = "python -m runner +sweep=mnist"
# In its middle, when a view shows all that it can.
_SOME_DONE = re.compile(r"  [3-9] of 12 points, about \d+ \w+ left$")


def test_a_picture_asks_no_network_and_is_as_wide_as_the_terminal(page: Page) -> None:
    row = "\x1b[1msmoke\x1b[0m \x1b[91m━━━\x1b[0m\x1b[90m━━━\x1b[0m  1 of 2 points <&>" + "x" * 29
    assert len(re.sub(r"\x1b\[\d*m", "", row)) == 60
    text = terminal_picture([row], 60, "smoke")
    assert re.findall(r"https?://[^\"]+", text) == ["http://www.w3.org/2000/svg"]
    assert "url(#" in text
    assert "@font-face" not in text
    page.set_content(text)
    assert "<&>" in str(page.locator("svg").text_content()).replace("\xa0", " ")
    ends = "all => all.map(each => each.getBBox().x + each.getBBox().width)"
    assert max(page.locator("svg text").evaluate_all(ends)) <= 60 * 20 * 0.6 + 1


@pytest.mark.skipif(not PICTURES, reason="for `make screenshots` alone")
def test_a_real_sweep_is_pictured(folder_of_its_own: Path) -> None:
    first = _run(folder_of_its_own, WIDTHS[0])
    try:
        for width in WIDTHS:
            first.resize(width, HEIGHT)
            first.read_until(lambda: _is_whole(first, width))  # noqa: B023
            _save(f"terminal_live_{width}", first.screen.styled, width)
        first.resize(WIDTHS[0], HEIGHT)
        assert first.read_to_the_end() == 0
    finally:
        end_tree(first.process)
    _save(f"terminal_{WIDTHS[0]}", _ending(first), WIDTHS[0])
    for width in WIDTHS[1:]:
        # The same points again, which are taken from the first sweep.
        again = _run(folder_of_its_own, width, "sweep.resume=false", "sweep.reuse=true")
        assert again.read_to_the_end() == 0
        _save(f"terminal_{width}", _ending(again), width)


# Of the session: made while the environment of whoever runs this is there.
@pytest.fixture(scope="session")
def folder_of_its_own() -> Iterator[Path]:
    """A folder that looks like anyone's, with Python and the images in it."""
    made = Path(tempfile.gettempdir()) / "mnist"
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir()
    (made / ".venv").symlink_to(PROJECT / ".venv")
    if os.environ.get("RUNNER_DATA"):
        (made / "data").symlink_to(Path(os.environ["RUNNER_DATA"]).resolve())
    yield made
    shutil.rmtree(made)


def _run(folder: Path, width: int, *more: str) -> PseudoTerminal:
    python = folder / ".venv" / "bin" / Path(sys.executable).name
    data = {"RUNNER_DATA": "data"} if (folder / "data").exists() else {}
    command = [str(python), "-m", "runner", "+sweep=mnist", *more]
    return PseudoTerminal(command, folder, width, HEIGHT, {"LOGNAME": "runner", **data})


def _is_whole(terminal: PseudoTerminal, width: int) -> bool:
    """Tell whether the view is drawn for this width, with both workers in training."""
    lines = terminal.screen.in_sight
    head = next((number for number, line in enumerate(lines) if _SOME_DONE.search(line)), None)
    if head is None or len(lines[-1]) != min(width, 100) or not lines[-1].startswith("✓"):
        return False
    workers = [line for line in lines[head:] if line.startswith("worker")]
    return all(re.search(r"epoch \d/\d", line) for line in workers)


def _ending(terminal: PseudoTerminal) -> list[str]:
    """The lines from the table on."""
    lines, styled = terminal.screen.in_sight, terminal.screen.styled
    head = next(number for number, line in enumerate(lines) if re.match(r" +file[, ]", line))
    return styled[head:]


def _save(name: str, lines: Sequence[str], width: int) -> None:
    text = terminal_picture(lines, width, TITLE)
    (PROJECT / str(PICTURES) / f"{name}.svg").write_text(text, encoding="utf-8")
