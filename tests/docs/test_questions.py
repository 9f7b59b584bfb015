"""Give the commands of the page of questions to a small stored sweep, and look for the answers."""

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.hanging import HANGS_AFTER
from tests.helpers.pages import DOCS
from tests.helpers.project import Command
from tests.helpers.stores import copied, runs_in
from tests.helpers.written_nights import FIRST, Written

pytestmark = pytest.mark.long

_ROW = re.compile(r"^\| ([^|]+\?) \| ([^|]+) \| [^|]+ \|$", re.MULTILINE)
_COMMAND = re.compile(r"`python -m runner ([^`]+)`")
# What shows that the question is answered.
ANSWERS = {
    "Which file do I ship?": r"^Ship \w+ of .*: [\d,]+ bytes zipped",
    "How sure is that?": r"(with 95 % confidence|too close to tell), on \d+ validation images",
    "What does it cost on a microcontroller?": r"[\d,]+ bytes of flash, [\d,]+ bytes of RAM",
    "Which classes paid?": r"^Test accuracy by class.*\n.*(no class is worse|paid for)",
    "What did pruning bring beyond quantization?": r"by quantization, [\d.]+ by pruning",
    "Which sweeps are there?": r"^\S+ +\d{4}-\d\d-\d\d \d\d:\d\d +\d+/\d+ +finished ",
    "Where is last night's?": rf"^last night: {FIRST}.*\nreport: .*nightly\.html",
    "How do I go on with the stopped one?": r"^initial_sparsity-x-final_sparsity .* finished ",
    "What does this setting mean?": r"^  schedule.final_sparsity=0.8\n    Sparsity at the end: ",
    "Is the challenger better than the champion?": r"@champion would be this file, as the first",
    "Where do I see it in MLflow?": "",
    "What do I sweep next?": r"^Sweep on: python -m runner .*final_sparsity=interval",
}


def _typed() -> dict[str, list[str]]:
    """Return the words of the command that each row of the page names first."""
    rows = _ROW.findall((DOCS / "questions.md").read_text(encoding="utf-8"))
    commands = {question: _COMMAND.search(now) for question, now in rows}
    return {question: shlex.split(found[1]) for question, found in commands.items() if found}


@pytest.fixture(scope="module")
def stored(
    swept: tuple[Path, str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """A copy of the small sweep, and a night before today."""
    with copied(swept[0], tmp_path_factory.mktemp("asked") / "here") as folder:
        Written(folder).night(FIRST, "baseline")
        yield folder
        shutil.rmtree(folder)


def test_there_are_twelve() -> None:
    rows = _ROW.findall((DOCS / "questions.md").read_text(encoding="utf-8"))
    assert [question for question, _ in rows] == list(ANSWERS)
    assert len(ANSWERS) == 12


@pytest.mark.parametrize("question", [name for name, answer in ANSWERS.items() if answer])
def test_the_command_answers(question: str, stored: Path, tool_in: Command) -> None:
    done = tool_in(stored, "__main__", *_typed()[question])
    assert done.returncode == 0, done.stderr
    assert re.search(ANSWERS[question], done.stdout, re.MULTILINE), done.stdout


def test_the_same_command_goes_on(stored: Path) -> None:
    (sweep,) = runs_in(stored, "sweep")
    words = shlex.split(sweep.tags["runner.command"])
    done = subprocess.run(
        [sys.executable, *words[1:]], cwd=stored, capture_output=True, text=True,
        timeout=HANGS_AFTER, check=True,
    )  # fmt: skip
    assert "finished at" in done.stdout + done.stderr


def test_a_sweep_ends_with_where_mlflow_shows_it(swept: tuple[Path, str, str]) -> None:
    *_, command = _typed()["Where do I see it in MLflow?"][:1]
    assert re.search(rf"^MLflow: .* -m runner {command} ", swept[1], re.MULTILINE)
    assert re.search(r"^which opens: http://127\.0\.0\.1:5000/#/", swept[1], re.MULTILINE)
