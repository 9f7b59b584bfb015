"""Sweeps on terminals of their own: the view, its sizes, Ctrl-C, and terminals to be left plain."""

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.helpers.processes import end_tree
from tests.helpers.project import Command
from tests.helpers.pseudo_terminal import CTRL_C, PseudoTerminal
from tests.helpers.stores import runs_in, store_in
from tests.helpers.tiny import quick

Start = Callable[..., PseudoTerminal]
# The last of them is long enough to be met in the middle of it.
SWEEP = ["schedule.epochs=2,3,100000", "export.targets=[h5]", "hydra.launcher.n_jobs=2"]
_TRAINS = re.compile(r"^worker [12]  epochs=100000 .*epoch \d+/100000  \d+\.\d\d%")


@pytest.fixture
def on_terminal(npz: Path, tmp_path: Path) -> Iterator[Start]:
    """Start the sweep on a terminal of 80 columns; whatever is left of it is killed at the end."""
    terminals: list[PseudoTerminal] = []

    def run(**environment: str) -> PseudoTerminal:
        command = [sys.executable, "-m", "runner", "-m", *quick(npz), *SWEEP]
        terminals.append(PseudoTerminal(command, tmp_path, 80, 24, environment))
        return terminals[-1]

    yield run
    for terminal in terminals:
        end_tree(terminal.process)


def _view(terminal: PseudoTerminal) -> list[str]:
    """The lines in sight from the bar on."""
    lines = terminal.screen.in_sight
    heads = [number for number, line in enumerate(lines) if line.startswith("epochs ━")]
    assert len(heads) <= 1, lines
    return lines[heads[0] :] if heads else []


def _is_whole(terminal: PseudoTerminal, width: int) -> bool:
    """Tell whether the view is drawn, with both workers and three endings, as wide as it may be."""
    lines = _view(terminal)
    whole = len(lines) == 6 and len(lines[-1]) == min(width, 100) and " of 3 points" in lines[0]
    return whole and any(_TRAINS.search(line) for line in lines[1:3])


@pytest.mark.long
def test_a_view_fits_its_terminal_and_ctrl_c_ends_it(
    on_terminal: Start, tool_in: Command, tmp_path: Path
) -> None:
    terminal = on_terminal()
    terminal.read_until(lambda: terminal.screen.in_sight)
    first = "epochs: 3 points, lenet_300_100 on npz, epochs 2,3,100000"
    assert terminal.screen.in_sight[0] == first
    for width in (80, 60, 120):
        terminal.resize(width, 24)
        terminal.read_until(lambda: _is_whole(terminal, width))  # noqa: B023
        assert terminal.screen.in_sight[0] == first
        head, _, _, baseline, _, _ = _view(terminal)
        assert re.match(r"epochs [━╸╺]+  2 of 3 points(, about \d+ \w+ left)?$", head)
        assert baseline.startswith("✓ baseline ")
        assert not terminal.screen.cursor_is_shown
    terminal.resize(80, 24)
    for _ in range(3):
        terminal.press(CTRL_C)
    assert terminal.read_to_the_end() == 130
    _is_stopped(terminal)

    # The view is gone, and the file of the log has what it showed.
    assert [line for line in terminal.screen.lines if "━" in line or "worker" in line] == []
    (log,) = tmp_path.glob("multirun/*/*/runner.log")
    assert log.read_text().count("][INFO] - finished: epochs=") == 2

    # No table takes the signal for a fault of the point, nor part of a sweep for the whole.
    listed = tool_in(tmp_path, "report.__main__", "latest", "--all")
    assert listed.returncode == 0
    assert "SystemExit" not in listed.stdout + listed.stderr
    (sweep,) = runs_in(tmp_path, "sweep")
    assert "runner.pick" not in sweep.tags
    points = {run.name: (run.status, run.error) for run in store_in(tmp_path).children(sweep.id)}
    assert points["epochs=100000"] == ("KILLED", "stopped by Ctrl-C")
    assert [points[f"epochs={each}"][0] for each in (2, 3)] == ["FINISHED", "FINISHED"]

    plain = on_terminal(NO_COLOR="1")
    plain.read_until(lambda: "started: epochs=100000" in plain.text)
    plain.press(CTRL_C)
    assert plain.read_to_the_end() == 130
    _is_stopped(plain)
    assert not re.search(r"\x1b|\r(?!\n)|[^\r]\n", plain.text)
    assert "resuming epochs: 2 of 3 points done" in plain.screen.lines


def _is_stopped(terminal: PseudoTerminal) -> None:
    """Check what is left on the screen after Ctrl-C."""
    lines = terminal.screen.lines
    assert "Stopped after 2 of 3 points; the same command goes on." in lines
    assert not re.search(r"Traceback|SystemExit|HYDRA|\nShip |__main__", terminal.text)
    assert terminal.screen.cursor_is_shown
