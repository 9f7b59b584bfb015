"""Type what the tutorial says, in an empty folder, and compare what it prints with the page."""

from pathlib import Path

import pytest

from benchmarks.fixtures.console_page import followed, labels, outputs, processor, shown
from benchmarks.tutorial import MADE_ON
from tests.helpers.pages import DOCS


@pytest.mark.long
def test_the_tutorial_prints_what_its_page_shows(tmp_path: Path) -> None:
    page = (DOCS / "tutorial.md").read_text()
    before, now = outputs(page), outputs(followed(page, tmp_path.resolve()))
    assert list(before) == list(now)
    (made_on,) = MADE_ON.findall(page)
    for command, text in before.items():
        # Another processor rounds otherwise, and then another file may be the one to ship.
        if made_on == processor():
            assert now[command].split() == text.split(), command
        else:
            assert labels(now[command]) == labels(text), command
    assert (tmp_path / "model.tflite").stat().st_size > 0


def test_what_differs_each_time_is_not_on_the_page() -> None:
    line = "[2026-11-27 17:28:58,076][HYDRA] {}: final_sparsity=0.5\n"
    output = "begin\n" + line.format("started") + line.format("finished") + f"File: /a/{'0f' * 16}"
    assert shown(output, Path("/a")) == "begin\n...\nFile: /home/you/pruning/RUN_ID\n"
