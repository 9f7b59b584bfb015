"""A sweep ends with its report: what the same command does to a sweep that has all its points."""

import json
import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from runner.tracking import Record
from runner.tracking.tags import FINGERPRINT, MADE_OF
from tests.helpers.forking import ForkingServer
from tests.helpers.stores import copied, figures_in, file_of, forget, runs_in, store_in
from tests.helpers.tiny import quick

SWEEP = ["-m", "schedule.final_sparsity=0.5,0.8", "schedule.initial_sparsity=0.0,0.6"]
MORE = ["measure.latency=true", "tracking.tensorboard=true", "hydra.sweep.dir=out"]

Again = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of the folder of the small sweep, which is finished."""
    with copied(folder, tmp_path / "copy") as copy:
        yield copy


@pytest.fixture
def again(heavy: ForkingServer, folder: Path, copy: Path) -> Again:
    """Type the command of the small sweep again, in the copy of its folder."""

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [*SWEEP, *quick(folder / "tiny.npz"), *MORE, *arguments]
        return heavy.run(command, copy, dict(os.environ))

    return run


def _sweep(copy: Path) -> Record:
    (sweep,) = runs_in(copy, "sweep")
    return sweep


def _end(copy: Path, status: str) -> None:
    """Let the sweep have ended so, as one whose process was killed after its last point."""
    store_in(copy).connection.set_terminated(_sweep(copy).id, status)


def _points(copy: Path) -> list[str]:
    return sorted(point.id for point in runs_in(copy, "point"))


def test_a_finished_sweep_says_so_and_trains_nothing(again: Again, copy: Path) -> None:
    before, points = _sweep(copy), _points(copy)
    # As a process that was killed between its last two requests leaves it.
    claim = "runner.claim.0123456789ab"
    store_in(copy).connection.set_tag(before.id, claim, "works vm 1 2 3 4")
    done = again()
    assert done.returncode == 0, done.stderr
    assert claim not in _sweep(copy).tags
    page = file_of(copy, before, "report.html")
    (line,) = [line for line in done.stdout.splitlines() if "finished at" in line]
    assert line.startswith("initial_sparsity-x-final_sparsity: finished at ")
    assert f", 3 points; the report is at {page}; sweep.resume=false runs it anew" in line
    assert "started" not in done.stdout
    after = _sweep(copy)
    assert (after.status, after.ended) == ("FINISHED", before.ended)
    assert _points(copy) == points


def test_all_points_and_no_report_is_no_finished_sweep(again: Again, copy: Path) -> None:
    before, points = _sweep(copy), _points(copy)
    names = ("report.html", "report.md", "points.csv")
    for name in names:
        file_of(copy, before, name).unlink()
    _end(copy, "KILLED")
    done = again()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "All 3 points were finished; making the report" in done.stdout
    assert "training" not in done.stdout
    sweep = _sweep(copy)
    assert (sweep.id, sweep.status, sweep.error) == (before.id, "FINISHED", None)
    assert _points(copy) == points
    assert all(file_of(copy, sweep, name).is_file() for name in names)
    assert "FINISHED" in file_of(copy, sweep, "report.html").read_text()


@pytest.mark.long
def test_a_report_that_no_store_takes_lies_in_the_folder_and_is_made_again(
    again: Again, copy: Path
) -> None:
    _end(copy, "KILLED")
    sweep = _sweep(copy)
    files, aside = file_of(copy, sweep, "."), copy / "aside"
    files.rename(aside)
    files.touch()
    done = again()
    assert done.returncode == 1, done.stdout + done.stderr
    place = Path("out") / "report"
    assert f"Report: {place}/report.html, and not in the store" in done.stdout
    assert {"report.html", "report.md", "points.csv"} == {
        file.name for file in (copy / place).iterdir()
    }
    assert "Traceback" not in done.stdout + done.stderr
    failed = _sweep(copy)
    assert failed.status == "FAILED"
    assert failed.error is not None
    assert failed.error.startswith("its report could not be stored: ")

    files.unlink()
    aside.rename(files)
    done = again()
    assert done.returncode == 0, done.stdout + done.stderr
    assert (_sweep(copy).status, _sweep(copy).error) == ("FINISHED", None)


@pytest.mark.long
def test_a_sweep_whose_store_takes_no_more_before_its_first_point_has_ended(
    again: Again, copy: Path
) -> None:
    with closing(sqlite3.connect(copy / "mlflow.db")) as database, database:
        database.execute(
            "CREATE TRIGGER refused BEFORE INSERT ON tags WHEN new.key = 'runner.points' "
            "BEGIN SELECT RAISE(ABORT, 'no points'); END"
        )
    done = again("sweep.resume=false")
    assert done.returncode == 1
    new = max(runs_in(copy, "sweep"), key=lambda sweep: sweep.started)
    assert new.status == "FAILED"
    assert "no points" in (new.error or "")


@pytest.mark.long
def test_what_changed_since_is_named(again: Again, copy: Path) -> None:
    sweep = _sweep(copy)
    parts = json.loads(sweep.tags[MADE_OF])
    parts["code"], parts["libraries"]["tensorflow"] = "other", "2.0"
    client = store_in(copy).connection
    client.set_tag(sweep.id, MADE_OF, json.dumps(parts))
    client.set_tag(sweep.id, FINGERPRINT, "of other code")
    # No point of it is possible to train within a moment; to begin is what is looked at.
    done = again("sweep.budget_hours=1e-9")
    assert done.returncode == 1, done.stdout + done.stderr
    (line,) = [line for line in done.stdout.splitlines() if "anew" in line]
    assert "beginning initial_sparsity-x-final_sparsity anew: " in line
    assert "anew: the code of the runner and tensorflow (2.0 to " in line
    assert f"have changed since its finished run {sweep.id}, which stays as it is" in line
    assert len(runs_in(copy, "sweep")) == 2
    # Whoever wants it anew need not be told what else is new.
    done = again("sweep.budget_hours=1e-9", "sweep.resume=false")
    assert "anew" not in done.stdout
    assert len(runs_in(copy, "sweep")) == 3


@pytest.mark.long
def test_a_point_whose_files_are_gone_is_run_again(again: Again, copy: Path) -> None:
    before = {run.name: run.id for run in runs_in(copy, "point")}
    figures = figures_in(copy, "point")
    lost, kept = sorted(before)[0], sorted(before)[1:]
    (record,) = (run for run in runs_in(copy, "point") if run.name == lost)
    file_of(copy, record, "models/tflite_int8.tflite").unlink()
    done = again()
    assert done.returncode == 0, done.stdout + done.stderr
    reason = f"{lost} is run again: its run {record.id} lacks models/tflite_int8.tflite"
    assert reason in done.stdout
    assert "resuming initial_sparsity-x-final_sparsity: 2 of 3 points done" in done.stdout
    after = {run.name: run.id for run in runs_in(copy, "point")}
    assert after.keys() == before.keys()
    assert after[lost] != before[lost]
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert _without_times(figures_in(copy, "point")) == _without_times(figures)
    assert _sweep(copy).status == "FINISHED"


@pytest.mark.long
def test_files_and_figures_that_a_baseline_lacks_are_made_again(again: Again, copy: Path) -> None:
    (baseline,) = runs_in(copy, "baseline")
    points, figures = _points(copy), figures_in(copy, "baseline")
    table = file_of(copy, baseline, "layers.csv").read_text()
    names = ("models/h5.h5", "layers.csv", "correct.csv", "config.yaml", "models/labels.txt")
    for name in names:
        file_of(copy, baseline, name).unlink()
    forget(copy, "/tflite_int8", baseline.id)
    done = again()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "started: files of baseline" in done.stdout
    (whole,) = runs_in(copy, "baseline")
    assert (whole.id, whole.status) == (baseline.id, "FINISHED")
    assert all(file_of(copy, whole, name).is_file() for name in names)
    assert sorted(file_of(copy, whole, "layers.csv").read_text()) == sorted(table)
    assert _without_times(figures_in(copy, "baseline")) == _without_times(figures)
    assert _points(copy) == points


def _without_times(figures: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    return {
        run: {name: value for name, value in values.items() if "latency" not in name}
        for run, values in figures.items()
    }
