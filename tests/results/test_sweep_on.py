"""The command that looks on for a smaller file, where a sweep has left off."""

from dataclasses import replace
from pathlib import Path

import pytest

from runner.results.decision import decide_all
from runner.results.rows import Results, read
from runner.results.sweep_on import sweep_on
from runner.tracking.tags import COMMAND, SEARCH_END
from tests.helpers.stores import runs_in, store_in

SEARCH = "+search=adaptive sweep.reuse=true 'schedule.final_sparsity=interval({})'"


def _with(results: Results, **values: str) -> Results:
    tags = {COMMAND: "python -m runner -m seed=1 schedule.final_sparsity=0.5,0.8 sweep.name=a"}
    tags |= {{"command": COMMAND, "end": SEARCH_END}[name]: text for name, text in values.items()}
    return replace(results, sweep=replace(results.sweep, tags={**results.sweep.tags, **tags}))


@pytest.fixture
def results(folder: Path) -> Results:
    """The small sweep: 0.5 and 0.8."""
    (sweep,) = runs_in(folder, "sweep")
    return read(store_in(folder), sweep)


def _command(results: Results, folder: Path, picked: str | None) -> str:
    """Return the command where the file of this sparsity is chosen, or none."""
    (decision,) = decide_all(results, store_in(folder))
    candidates = [
        each
        for each in decision.candidates
        if each.file.point.params["schedule.final_sparsity"] == picked
    ]
    return sweep_on(results, replace(decision, candidate=candidates[0] if candidates else None))


@pytest.mark.parametrize(
    ("picked", "interval"), [("0.5", "0.5,0.8"), ("0.8", "0.8,0.99"), (None, "0,0.5")]
)
def test_a_search_goes_on_beside_the_file_to_ship(
    results: Results, folder: Path, picked: str | None, interval: str
) -> None:
    command = _command(_with(results), folder, picked)
    assert command == f"python -m runner -m seed=1 {SEARCH.format(interval)}"


def test_variables_of_the_command_stay(results: Results, folder: Path) -> None:
    typed = _with(results, command="RUNNER_DATA='/a b' python -m runner +sweep=mnist")
    command = _command(typed, folder, "0.5")
    search = SEARCH.format("0.5,0.8")
    assert command == f"RUNNER_DATA='/a b' python -m runner +sweep=mnist {search}"


def test_what_was_about_the_sweep_before_is_left_out(results: Results, folder: Path) -> None:
    night = "-m +sweep=smoke seed=3 sweep.night=1 sweep.first=[] hydra.sweep.dir=a"
    command = _command(_with(results, command=f"python -m runner {night}"), folder, "0.5")
    search = SEARCH.format("0.5,0.8")
    assert command == f"python -m runner -m +sweep=smoke seed=3 {search}"


@pytest.mark.parametrize(
    "command", ["rm a; python -m runner -m", "A=1 python -m runner", "python -m runner 'cut", "x y"]
)
def test_what_a_store_holds_is_no_command_to_type(
    results: Results, folder: Path, command: str
) -> None:
    assert not _command(_with(results, command=command), folder, "0.5")


def test_nothing_is_said_of_a_script_or_after_a_search(results: Results, folder: Path) -> None:
    assert not _command(_with(results, command="script.py"), folder, "0.5")
    assert not _command(_with(results, command="python -m runner nightly run"), folder, "0.5")
    assert not _command(_with(results, end="stopped"), folder, "0.5")
