"""The command that chooses a file, on a real sweep's store."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from runner.tracking import Record
from tests.helpers.litert import by_litert
from tests.helpers.project import Command
from tests.helpers.stores import file_of, runs_in, store_in

Swept = tuple[Path, str, str]


def test_the_sweep_and_the_command_choose_the_same_file(swept: Swept, tool: Command) -> None:
    done = tool("best", "latest")
    assert done.returncode == 0, done.stderr
    figures, _, word = done.stdout.splitlines()[0].rpartition("; ")
    path = figures.partition(" ")[0]
    assert Path(path).is_file()
    assert word.startswith(("its drop is within 1 point with 95 %", "whether its drop is within"))
    assert f"\nFile: {path}\n" in swept[1]


def test_a_file_and_its_provenance_are_written(swept: Swept, tool: Command, tmp_path: Path) -> None:
    output = tmp_path / "new" / "model.tflite"
    (sweep,) = runs_in(swept[0], "sweep")
    wanted = ["--target", "tflite_int8", "--max-drop", "1", "--output", str(output)]
    done = tool("best", sweep.id, *wanted, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    written = json.loads((tmp_path / "new" / "model.tflite.json").read_text())
    assert told == {**written, "path": str(output)}
    point = store_in(swept[0]).get(told["run_id"])
    original = Path(store_in(swept[0]).local_file(point, "models/tflite_int8.tflite"))
    assert output.read_bytes() == original.read_bytes()
    assert written["sha256"] == hashlib.sha256(original.read_bytes()).hexdigest()
    assert (written["target"], written["sweep_run_id"]) == ("tflite_int8", sweep.id)
    assert written["figures"]["zip_bytes"] == point.metrics["zip_bytes/tflite_int8"]
    assert written["settings"] == dict(point.params)
    assert written["versions"].startswith("python 3.")
    assert "-m schedule.final_sparsity=0.5,0.8" in written["command"]
    names = {path.name for path in output.parent.iterdir()}
    assert names == {output.name, f"{output.name}.json", f"{output.name}.labels.txt"}
    assert (output.parent / f"{output.name}.labels.txt").read_text() == "0\n1\n2\n"
    assert written["classes"] == ["0", "1", "2"]


def test_what_the_images_bear_out_is_written(tool: Command, tmp_path: Path) -> None:
    output = tmp_path / "model.tflite"
    done = tool("best", "latest", "--max-drop=1", "--confidence=0.9", "--output", str(output))
    assert done.returncode == 0, done.stderr
    assert "; its drop is within 100 points with 90 % confidence\n" in done.stdout
    written = json.loads((tmp_path / "model.tflite.json").read_text())
    assert (written["limits"]["confidence"], written["limits"]["max_drop"]) == (0.9, 1)
    told = written["evidence"]
    assert (told["confidence"], told["certainty"]["validation"]) == (0.9, "within")
    drop = told["validation_drop"]
    assert drop["low"] <= drop["mean"] <= drop["high"] < 1
    assert drop["mean"] == pytest.approx(written["figures"]["validation_drop"])
    assert (drop["paired"], drop["seeds"]) == (True, [drop["mean"]])
    assert told["accuracy_drop"]["low"] <= told["accuracy_drop"]["high"]
    assert told["kept"]["share"] == 1
    assert told["smallest_within"]["run_id"] == written["run_id"]
    assert told["reduction"]["total"] == pytest.approx(written["figures"]["zip_ratio"])


def test_where_no_file_is_within_with_confidence_none_is_to_ship(tool: Command) -> None:
    done = tool("best", "latest", "--max-drop=0", "--confidence=0.95")
    assert done.returncode == 1
    assert done.stdout.startswith("no file keeps --max-drop=0 --confidence=0.95; the closest, ")
    assert ", may drop 0." in done.stdout


def test_it_says_how_the_file_does_on_each_class(
    swept: Swept, tool: Command, images: np.ndarray, labels: np.ndarray
) -> None:
    wanted = ["--where", "schedule.final_sparsity=0.8", "--target", "tflite_int8", "--max-drop=1"]
    told = json.loads(tool("best", "latest", *wanted, "--json").stdout)
    assert told["classes"] == ["0", "1", "2"]
    answers = by_litert(Path(told["path"]), images).argmax(axis=1)
    baseline = store_in(swept[0]).get(told["baseline_run_id"])
    dense = by_litert(file_of(swept[0], baseline, "models/tflite_float32.tflite"), images)
    for number, figures in enumerate(told["by_class"]):
        of_class = labels == number
        assert figures["test_images"] == np.count_nonzero(of_class)
        assert figures["accuracy"] == np.mean(answers[of_class] == number)
        assert figures["baseline_accuracy"] == np.mean(dense[of_class].argmax(axis=1) == number)
    given = {"baseline": dense.argmax(axis=1), "file": answers}
    for name, counts in told["confusion"].items():
        for row in range(3):
            expected = np.bincount(given[name][labels == row], minlength=3).tolist()
            assert counts[row] == expected
    assert len(told["confusion"]) == 2
    lines = tool("best", "latest", *wanted).stdout.splitlines()
    assert lines[1].startswith("Test accuracy by class, from the baseline to this file: 0 from ")
    assert lines[2].startswith("On the test images, ")


def test_runs_of_earlier_versions_name_no_classes(
    swept: Swept, tool: Command, tmp_path: Path
) -> None:
    folder = tmp_path / "earlier"
    told = json.loads(tool("best", "latest", "--json").stdout)
    point = store_in(swept[0]).get(told["run_id"])
    with _without(swept[0], point, "models/labels.txt", "classes.csv", "confusion"):
        done = tool("best", "latest", "--output", str(folder / "model.tflite"))
        assert done.returncode == 0, done.stderr
        assert len(done.stdout.splitlines()) == 1
        assert "classes" not in json.loads(tool("best", "latest", "--json").stdout)
        assert {path.name for path in folder.iterdir()} == {"model.tflite", "model.tflite.json"}
        report = tool("report.__main__", "latest", "--output", str(tmp_path / "report"))
        assert report.returncode == 0, report.stderr


@contextmanager
def _without(folder: Path, run: Record, *artifacts: str) -> Iterator[None]:
    """Take artifacts of a run away until the block ends."""
    moved = {
        path: path.with_name(f"{path.name}.away")
        for path in (file_of(folder, run, name) for name in artifacts)
    }
    for path, away in moved.items():
        path.rename(away)
    try:
        yield
    finally:
        for path, away in moved.items():
            away.rename(path)


def test_where_nothing_qualifies_the_closest_is_named(tool: Command) -> None:
    done = tool(
        "best", "initial_sparsity-x-final_sparsity", "--max-zip-bytes", "10", "--target", "h5"
    )
    assert done.returncode == 1
    assert done.stdout.startswith("no file keeps --max-zip-bytes=10; the closest, h5 of ")
    done = tool(
        "best",
        "initial_sparsity-x-final_sparsity",
        "--max-latency-ms",
        "1",
        "--target",
        "h5",
        "--json",
    )
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert told["qualifies"] is False
    assert "has no latency measured" in told["reason"]


def test_points_can_be_narrowed_by_their_settings(tool: Command) -> None:
    done = tool("best", "latest", "--where", "schedule.final_sparsity=0.5", "--json")
    assert json.loads(done.stdout)["settings"]["schedule.final_sparsity"] == "0.5"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["latest", "--max-drop", "7"], "--max-drop: 7: must be a share from 0 to 1"),
        (["latest", "--confidence", "2"], "--confidence: 2: must be a share of at least 0.5"),
        (
            ["latest", "--confidence=1"],
            "--confidence: 1: must be a share of at least 0.5 and below",
        ),
        (["latest", "--confidence", "0.3"], "--confidence: 0.3: must be a share of at least 0.5"),
        (["latest", "--confidence", "sure"], "--confidence: sure: must be a share of at least 0.5"),
        (["latest", "--max-bytes", "some"], "some: must be a whole number of at least 1"),
        (["latest", "--target", "tflite"], "invalid choice: 'tflite'"),
        (["latest", "--output", "x.bin"], "--output=x.bin: must end in .h5 or .tflite"),
        (["latest", "--output", "x.h5", "--target", "tflite_int8"], "must end in .tflite"),
        (["latest", "--where", "seed=7"], "--where seed=7: must be a value that a point has: 0"),
        (
            ["nightly"],
            "SWEEP=nightly: must be a sweep of experiment sparsity: initial_sparsity-x-final",
        ),
        (["0" * 32], f"SWEEP={'0' * 32}: no such run"),
        (["latest", "--experiment", "x"], "experiment=x: must be an experiment of the store: "),
        (["latest", "--tracking-uri", "sqlite:///x.db"], "there is no such file"),
        ([], "required: SWEEP"),
    ],
)
def test_refusals_take_one_line(tool: Command, arguments: list[str], line: str) -> None:
    done = tool("best", *arguments)
    assert done.returncode == 2
    assert line in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""


def test_a_point_is_no_sweep(swept: Swept, tool: Command) -> None:
    point = runs_in(swept[0], "point")[0]
    (sweep,) = runs_in(swept[0], "sweep")
    done = tool("best", point.id)
    assert done.returncode == 2
    assert f"must be a sweep, and is a point; it belongs to {sweep.id}" in done.stderr


@pytest.mark.long
@pytest.mark.parametrize(
    "command", ["best latest", "report latest --output {folder}", "best --max-drop 7 latest"]
)
def test_nothing_heavy_is_imported_where_it_is_not_needed(
    swept: Swept, tmp_path: Path, command: str
) -> None:
    name, *arguments = command.format(folder=tmp_path).split()
    code = (
        f"import runpy, sys; sys.argv[1:] = {arguments}\n"
        f"try: runpy.run_module('runner.{name}', run_name='__main__')\n"
        "except SystemExit: print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=swept[0], capture_output=True, text=True, check=True
    )
    modules = done.stderr.split()
    assert "runner.cli.command" in modules
    assert "tensorflow" not in modules
    assert ("mlflow" in modules) == ("7" not in arguments)
