"""Whole nights by the real command line: judged, stopped, killed, doubled, and out of time."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml

from runner.nightly.history.past import JSON
from runner.nightly.history.records import Night
from runner.tracking import Kind, Record
from runner.tracking.tags import ACCEPTED, SEED, VERDICT
from tests.helpers.callbacks import PAUSE_SECONDS
from tests.helpers.hanging import HANGS_AFTER, read_until, wait_until
from tests.helpers.project import PROJECT
from tests.helpers.stores import file_of, runs_in, store_in
from tests.helpers.tiny import quick, write_npz

pytestmark = pytest.mark.long

Process = subprocess.Popen[str]
Start = Callable[..., Process]

COMMAND = [sys.executable, "-m", "runner.nightly", "--config", "nightly.yaml"]
TWO = "schedule.final_sparsity=0.5,0.6"


def _entry(folder: Path, *settings: str) -> str:
    return shlex.join([*quick(folder / "tiny.npz"), "export.targets=[h5,tflite_int8]", *settings])


def _config(folder: Path, *sweeps: str, **settings: object) -> None:
    # The experiment in which the helpers look, and seconds of a machine that others use too.
    usual = {"experiment": "sparsity", "tolerance": {"time": 50.0}, "good_nights": 3}
    usual |= {"folder": f"{folder}/out", "heartbeat": f"{folder}/beat", "sweeps": sweeps}
    usual |= {name: f"env | grep ^NIGHTLY_ > {name}" for name in ("on_good", "on_bad")}
    (folder / "nightly.yaml").write_text(json.dumps({**usual, **settings}))


def _nightly(code: int, folder: Path, *arguments: str) -> str:
    command = [*COMMAND, *arguments]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=HANGS_AFTER,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def _known(folder: Path, night: Record) -> dict[str, Any]:
    return dict(json.loads(file_of(folder, night, JSON).read_text()))


def _told(folder: Path, command: str) -> dict[str, str]:
    """Read what the command for a good or a bad night had in its environment."""
    return dict(re.findall(r"NIGHTLY_(\w+)=(.*)", (folder / command).read_text()))


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("nights")
    _config(folder, _entry(write_npz(folder / "tiny.npz").parent, TWO))
    return folder, _nightly(0, folder)


def test_a_first_night_has_no_verdict_and_is_told(first: tuple[Path, str]) -> None:
    folder, out = first
    night = runs_in(folder, "nightly")[0]
    (sweep,) = store_in(folder).children(night.id)
    points = [(each.status, each.params["seed"]) for each in store_in(folder).children(sweep.id)]
    tagged = (night.status, night.tags[VERDICT], night.tags[SEED])
    assert tagged == ("FINISHED", "no verdict yet", "1")
    assert night.tags["mlflow.note.content"].splitlines()[0] in out
    assert (sweep.tags["mlflow.parentRunId"], points) == (night.id, [("FINISHED", "1")] * 2)
    assert (night.metrics["points_done"], night.metrics["points_failed"]) == (2, 0)
    shown = {name.split("/")[0] for name in night.metrics if "/" in name}
    assert shown == {"accuracy", "picked_zip_bytes", "seconds"}

    known = _known(folder, night)
    again = Night.from_dict(known["night"])
    assert json.loads(json.dumps(again.as_dict())) == known["night"]
    (in_json,) = again.sweeps.values()
    assert list(in_json.points) == ["final_sparsity=0.5", "final_sparsity=0.6"]
    page = file_of(folder, night, "nightly.html").read_text()
    assert len(page) < 6_000_000
    assert not re.search(r"<(script|link|img)[^>]*(src|href)=.(https?:)?//", page)
    assert (folder / "beat").exists()
    told = _told(folder, "on_good")
    assert (told["VERDICT"], told["JSON"]) == ("no verdict yet", f"{folder}/out/nightly.json")
    assert Path(told["SUMMARY"]).read_text() in out


def test_what_the_budget_leaves_comes_first_and_failures_say_why(first: tuple[Path, str]) -> None:
    folder, _ = first
    trouble = "_target_: tests.helpers.callbacks.Trouble"
    pause = f"+hydra.callbacks.pause={{{trouble}, fates: {{0: pause}}, once: "
    both = _entry(folder, TWO, "hydra.launcher.n_jobs=1", f"{pause}{folder}/paused}}")
    # The baseline of seed 1 is there: the first point starts in time, and waits until it is over.
    _config(folder, both, "+sweep=nosuch", seed=1, budget_hours=PAUSE_SECONDS / 3600)
    out = _nightly(0, folder)
    assert re.findall(r" started: (final\S+)", out) == ["final_sparsity=0.5"]
    assert "\nLeft for the next night:\n- " in out
    left = _known(folder, runs_in(folder, "nightly")[-1])["left"]
    assert [each.rpartition(": ")[2] for each in left] == ["final_sparsity=0.6", "all points"]

    late = _entry(folder, "schedule.epochs=100000", "hydra.launcher.timeout_minutes=0.02")
    _config(folder, "+sweep=absent", both, late, seed=1)
    out = _nightly(1, folder)
    assert re.findall(r" started: (final\S+)", out) == ["final_sparsity=0.6", "final_sparsity=0.5"]
    assert out.index("started: final_sparsity") < out.index("sweep: +sweep=absent")
    known = _known(folder, runs_in(folder, "nightly")[-1])
    refused, timed_out = known["failures"]
    assert re.fullmatch(r"\+sweep=absent: runner: .*", refused)
    assert known["changes"] == [f"a new sweep: {late}"]
    assert timed_out.endswith(": KILLED, took longer than hydra.launcher.timeout_minutes=0.02")
    good = Night.from_dict(known["night"]).sweeps[both]
    assert [each.status for each in good.points.values()] == ["FINISHED", "FINISHED"]
    assert _told(folder, "on_bad")["VERDICT"] == known["verdict"] == "failures"


def test_a_worse_night_is_told_until_it_is_accepted(first: tuple[Path, str]) -> None:
    folder, _ = first
    _write_history(folder, 4)
    _config(folder, _entry(folder, TWO))
    out = _nightly(4, folder)
    night = runs_in(folder, "nightly")[-1]
    assert (night.status, night.tags[VERDICT]) == ("FINISHED", "regression")
    known = _known(folder, night)
    assert {"accuracy", "size"} <= {each["kind"] for each in known["findings"]}
    (change,) = known["changes"]
    assert re.fullmatch(r"tensorflow 1\.0\.0 -> 2\.\d+\.\d+", change)
    assert change in out
    assert _told(folder, "on_bad")["VERDICT"] == "regression"

    assert _nightly(0, folder, "accept").startswith(f"accepted: night {night.name}, regression;")
    assert "compared with 1 good night" in _nightly(0, folder)
    nights = runs_in(folder, "nightly")
    assert ACCEPTED in nights[-2].tags
    assert [each.tags[SEED] for each in nights[-2:]] == ["74", "75"]

    _config(folder, _entry(folder, TWO), keep_nights=1)
    said = _nightly(0, folder, "clean", "--dry-run")
    assert re.match(rf"{len(nights) - 1} nights, .* would go, .* to be freed\n", said)
    assert runs_in(folder, "nightly") == nights
    assert (folder / "out" / night.name).is_dir()


def _write_history(folder: Path, nights: int) -> None:
    """Write good nights, 5 points more accurate and with smaller files than the first one."""
    known = _known(folder, runs_in(folder, "nightly")[0])
    (sweep,) = known["night"]["sweeps"].values()
    for file in (file for point in sweep["points"].values() for file in point["files"].values()):
        file["accuracy"] += 0.05
        file["size_bytes"] *= 0.9
    facts = known["night"]["facts"]
    facts["versions"] = re.sub(r"tensorflow 2[^,]*", "tensorflow 1.0.0", facts["versions"])
    for number in range(nights):
        name, tags = f"history {number}", {VERDICT: "good", SEED: str(70 + number)}
        known["night"]["name"] = name
        run = store_in(folder).new_run(Kind.NIGHTLY, name, {}, tags)
        with run.closing():
            run.log_text(json.dumps(known), JSON)


@pytest.fixture
def started(npz: Path, tmp_path: Path) -> Iterator[Start]:
    processes: list[Process] = []

    def run(**settings: object) -> Process:
        # The second point is long enough to be met in the middle of it.
        entry = _entry(npz.parent, "schedule.epochs=2,100000", "hydra.launcher.n_jobs=2")
        _config(tmp_path, entry, **settings)
        pipes: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        processes.append(subprocess.Popen(COMMAND, cwd=tmp_path, text=True, **pipes))
        return processes[-1]

    yield run
    for process in processes:
        process.kill()


def _stop(process: Process) -> str:
    process.terminate()
    out, _ = process.communicate(timeout=HANGS_AFTER)
    assert process.returncode == 143, out
    return out


def _runs_now(folder: Path, name: str) -> bool:
    points = runs_in(folder, "point")
    # The first night was killed while this point was at work, too.
    return any(
        point.name == name and point.status == "RUNNING" and point.process_alive for point in points
    )


def test_one_night_at_a_time_is_resumed_while_it_is_young(started: Start, tmp_path: Path) -> None:
    process = started()
    read_until(process, "finished: epochs=2")
    refused = _nightly(3, tmp_path)
    # It did not wait: the other is still at work.
    assert process.poll() is None
    assert re.search(rf"another night .*: process {process.pid}, since 20\d\d-", refused)
    assert re.match(r"last night: \S+, running, begun ", _nightly(0, tmp_path, "status"))
    children = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    assert len(children) > 1
    assert not psutil.wait_procs(children, timeout=HANGS_AFTER)[1]
    (night,) = runs_in(tmp_path, "nightly")
    done = next(each for each in runs_in(tmp_path, "point") if each.name == "epochs=2")

    again = started()
    seen = read_until(again, "started: epochs=100000")
    assert f"found dead: nightly {night.name}" in seen
    assert "resuming epochs: 1 of 2 points done" in seen
    # Its worker opens its run a moment later.
    wait_until(lambda: _runs_now(tmp_path, "epochs=100000"), "the point's own run")
    assert "Traceback" not in seen + _stop(again)
    (same,) = runs_in(tmp_path, "nightly")
    assert (same.id, same.status, same.tags[SEED]) == (night.id, "KILLED", "1")
    (sweep,) = store_in(tmp_path).children(same.id)
    points = {each.name: (each.id, each.status) for each in store_in(tmp_path).children(sweep.id)}
    assert points["epochs=2"] == (done.id, "FINISHED")
    assert points["epochs=100000"][1] == sweep.status == "KILLED"

    third = started()
    read_until(third, f"resuming night {night.name}")
    third.kill()
    last = started(resume_hours=0.0001)
    assert f"found dead: nightly {night.name}" in read_until(last, "beginning night")
    _stop(last)
    old, new = runs_in(tmp_path, "nightly")
    assert (old.id, old.status, new.tags[SEED]) == (night.id, "KILLED", "2")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"sweeps": []}, "sweeps=[]: must be a list, without repeats, of command lines"),
        ({"budget_hours": 0}, "budget_hours=0: must be a positive number"),
        ({"tolerance": {"accuracy": -1}}, "tolerance.accuracy=-1: must be a share of at least 0"),
        ({"bogus": 1}, "bogus: no such setting; the top level has sweeps, experiment, uri, "),
    ],
)
def test_a_bad_setting_is_refused_in_one_line_before_mlflow_is_imported(
    settings: dict[str, object], said: str, tmp_path: Path
) -> None:
    (tmp_path / "nightly.yaml").write_text(yaml.safe_dump(settings))
    command = [sys.executable, "-Ximporttime", *COMMAND[1:]]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    lines = done.stderr.splitlines()
    (line,) = [each for each in lines if not each.startswith("import time:")]
    assert (done.returncode, said in line) == (2, True)
    assert not [each for each in lines if re.search(r"\| +(mlflow|tensorflow)$", each)]
    assert list(tmp_path.iterdir()) == [tmp_path / "nightly.yaml"]
