"""Sweeps of a real store are listed, the newest first, with what became of each."""

import json
import re
from pathlib import Path

import pytest

from runner.process import liveness
from runner.results.sweep_list import SweepLine, sweep_list
from runner.results.sweep_list_table import sweep_table
from runner.settings.devices import Device
from runner.tracking import Kind, Store, tags
from tests.helpers.judged_sweep import judged_sweep
from tests.helpers.project import Command


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> Store:
    """A sweep without a report, one with a pick, one that runs and one that nobody works on."""
    folder = tmp_path_factory.mktemp("listed")
    (folder / "mlflow.db").write_bytes(empty_store.read_bytes())
    store = judged_sweep(folder)
    client = store.connection
    (stopped,) = store.of_kind(Kind.SWEEP)
    client.update_run(stopped.id, status="KILLED")
    judged_sweep(folder, lost={"0.5": 0.002})
    picked = store.of_kind(Kind.POINT)[-1]
    client.set_tag(picked.id, tags.PICK, "true")
    client.set_tag(picked.id, tags.PICK_TARGET, "tflite_int8")
    for metric, value in (("points_done", 5.0), ("points_failed", 1.0)):
        client.log_metric(picked.parent, metric, value)
        # Of before it was gone on with.
        client.log_metric(stopped.id, metric, value)
    client.set_tag(picked.parent, tags.POINTS, "6")
    for name, process in (("here", liveness.this_process()), ("gone", "")):
        run = store.new_run(Kind.SWEEP, name, {}, {tags.POINTS: "4", tags.SWEEP: name})
        run.flush()
        ended = liveness.this_process().rpartition(" ")[0] + " 1"
        client.set_tag(run.id, tags.PROCESS, process or ended)
    return store


def _told(lines: list[SweepLine]) -> list[tuple[str, str, int, int, int]]:
    return [(line.name, line.state, line.done, line.failed, line.planned) for line in lines]


def test_each_says_how_far_it_came_and_what_it_picked(store: Store) -> None:
    lines = sweep_list(store)
    assert _told(lines) == [
        ("gone", "interrupted", 0, 0, 4),
        ("here", "running", 0, 0, 4),
        ("judged", "finished", 5, 1, 6),
        ("judged", "stopped", 3, 0, 3),
    ]
    (pick,) = lines[2].picks
    assert (pick.target, pick.point, pick.size) == ("tflite_int8", "final=0.5", 11_000)
    assert not any(line.picks for line in lines if line is not lines[2])


@pytest.mark.parametrize(("width", "lines_each"), [(None, 1), (100, 1), (80, 2), (60, 2)])
def test_it_fits_the_terminal(store: Store, width: int | None, lines_each: int) -> None:
    lines = sweep_list(store)
    table = sweep_table(lines, width)
    assert len(table) == (len(lines) + 1) * lines_each
    assert width is None or max(map(len, table)) <= width
    (of_pick,) = (line for line in table if "tflite_int8" in line)
    assert re.search(r"tflite_int8 +11,000 zipped +\d\d\.\d\d% +\d\d\.\d\d%", of_pick)
    assert (lines[0].run_id in table[1]) == (width is None)


def test_a_device_and_several_picks_are_named(store: Store) -> None:
    line = next(line for line in sweep_list(store) if line.picks)
    several = SweepLine(**{**vars(line), "device": Device.MICROCONTROLLER, "picks": line.picks * 2})
    assert "tflite_int8 and 1 more  11,000 flash" in sweep_table([several], None)[1]


def test_the_command_lists_them(tool_in: Command, store: Store) -> None:
    folder = Path(store.uri.removeprefix("sqlite:///")).parent
    done = tool_in(folder, "__main__", "list")
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[0] for line in done.stdout.splitlines()] == [
        "sweep", "gone", "here", "judged", "judged",
    ]  # fmt: skip
    values = json.loads(tool_in(folder, "__main__", "list", "--json").stdout)
    assert [value["state"] for value in values][:2] == ["interrupted", "running"]
    assert values[2]["picks"][0]["size"] == 11_000
    refused = tool_in(folder, "__main__", "list", "--experiment", "none")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "experiment=none: must be an experiment of the store: " in refused.stderr
    empty = tool_in(folder, "__main__", "list", "--experiment", "Default")
    assert (empty.returncode, empty.stdout) == (0, "no sweep in experiment Default\n")
