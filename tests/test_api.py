"""What a script imports: compose, run_point, run_sweep, load."""

import importlib
import json
import pkgutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import runner
from runner.settings.targets import Target
from runner.tracking import Kind
from tests.helpers.hanging import HANGS_AFTER
from tests.helpers.stores import runs_in, store_in
from tests.helpers.tiny import quick


@pytest.fixture
def sweep(folder: Path, monkeypatch: pytest.MonkeyPatch) -> runner.Sweep:
    """The small sweep, read from the folder in which it was run."""
    monkeypatch.chdir(folder)
    return runner.load()


def test_importing_the_package_imports_nothing_heavy() -> None:
    program = "import runner, sys; print(sorted({name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    heavy = ("tensorflow", "mlflow", "hydra", "numpy", "pandas", "pydantic")
    assert not [name for name in heavy if f"'{name}'" in done.stdout]


def test_every_public_name_is_there_and_no_module_takes_its_place() -> None:
    public = {name: getattr(runner, name) for name in runner.__all__}
    for module in pkgutil.walk_packages(runner.__path__, "runner."):
        # These run where they are imported, or are not for Python's own search.
        if not module.name.endswith(("__main__", ".preload")) and "plugins" not in module.name:
            importlib.import_module(module.name)
    assert {name: getattr(runner, name) for name in runner.__all__} == public
    modules = {module.name for module in pkgutil.iter_modules(runner.__path__)}
    assert modules.isdisjoint(public)
    assert set(runner.__all__) <= set(dir(runner))
    with pytest.raises(AttributeError, match="has no attribute 'nope'"):
        _ = runner.nope


def test_every_public_name_says_what_it_is() -> None:
    for name in runner.__all__:
        assert (getattr(runner, name).__doc__ or "").strip(), name


@pytest.mark.parametrize(
    ("override", "reason"),
    [
        ("schedule.final_sparsity=1.5", "schedule.final_sparsity=1.5: must be a number from 0"),
        ("schedule.nope=1", "schedule.nope: no such setting; schedule has name, "),
        ("+sweep=a,b", "takes one sweep"),
        ("dataset=nope", "dataset=nope: must be one of cifar10, "),
        ("a=b=c=", ""),
    ],
)
def test_settings_that_cannot_work_are_refused(override: str, reason: str) -> None:
    with pytest.raises(runner.Refused) as refusal:
        runner.compose(override)
    assert reason in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.long
def test_a_point_is_run_in_a_process_of_its_own(
    npz: Path,
    store_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(store_folder)
    point = runner.compose(*quick(npz), "export.targets=[h5,tflite_int8]")
    outcome = runner.run_point(point)
    (run,) = runs_in(store_folder, "point")
    assert (run.id, run.status) == (outcome.run_id, "FINISHED")
    assert set(outcome.figures) == set(outcome.files) == {"h5", "tflite_int8"}
    for target, figures in outcome.figures.items():
        assert figures["zip_bytes"] == run.metrics[f"zip_bytes/{target}"]
        assert figures["accuracy"] == run.metrics[f"accuracy/{target}"]
        assert outcome.files[target].stat().st_size == figures["size_bytes"]
    assert (outcome.files["h5"].parent / "labels.txt").read_text() == "0\n1\n2\n"
    assert "finished " in capsys.readouterr().out


@pytest.mark.long
def test_a_point_that_fails_says_why_and_its_run_says_so_too(
    npz: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    point = runner.compose(*quick(npz), "schedule.learning_rate=1e30")
    with pytest.raises(runner.RunnerError, match="training diverged") as failure:
        runner.run_point(point)
    assert "train.py" in "".join(failure.value.__notes__)
    (run,) = runs_in(tmp_path, "point")
    assert run.status == "FAILED"


def test_a_point_that_cannot_work_is_refused_before_a_process_is_started(
    npz: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    point = runner.compose(*quick(npz), "architecture=lenet5")
    with pytest.raises(runner.Refused, match="architecture=lenet5: takes images of at least 16x16"):
        runner.run_point(point)
    assert not (tmp_path / "mlflow.db").exists()


def test_a_sweep_is_read_as_a_table(sweep: runner.Sweep) -> None:
    rows = sweep.rows
    assert isinstance(rows, pd.DataFrame)
    points = rows[rows["run"] == "point"]
    assert set(points["status"]) == {"FINISHED"}
    assert pd.api.types.is_numeric_dtype(points["zip_bytes"])
    for _, row in points.iterrows():
        assert Path(row["path"]).stat().st_size == row["size_bytes"]
    for target in set(points["target"]):
        assert f"{target}" in sweep.table
    assert repr(sweep).startswith(f"<Sweep {sweep.name}: ")


def test_the_front_holds_what_no_other_file_beats(sweep: runner.Sweep) -> None:
    front, points = sweep.front, sweep.rows[sweep.rows["run"] == "point"]
    assert front["zip_bytes"].is_monotonic_increasing
    assert front["validation_accuracy"].is_monotonic_increasing
    for _, row in points.iterrows():
        beaten_by = front[
            (front["zip_bytes"] <= row["zip_bytes"])
            & (front["validation_accuracy"] >= row["validation_accuracy"])
        ]
        assert len(beaten_by) >= 1


def test_a_sweep_without_a_file_has_an_empty_front(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store = store_in(tmp_path)
    sweep = store.new_run(Kind.SWEEP, "s", {}, {})
    sweep.flush()
    store.new_run(Kind.POINT, "p", {"seed": "1"}, {}, sweep.id).end("FAILED", "no luck")
    loaded = runner.load()
    assert list(loaded.rows["error"]) == ["no luck"]
    assert len(loaded.front) == 0


def test_the_best_file_is_that_of_the_command(
    sweep: runner.Sweep, tool: object, tmp_path: Path
) -> None:
    file = sweep.best(max_drop=0.5, target="tflite_int8")
    assert callable(tool)
    told = json.loads(
        tool("best", "latest", "--max-drop", "0.5", "--target", "tflite_int8", "--json").stdout
    )
    assert (file.path, file.run_id, file.target) == (told["path"], told["run_id"], "tflite_int8")
    assert file.classes == ("0", "1", "2")
    assert file.macs == told["figures"]["macs"]
    copy = sweep.save(file, tmp_path / "new" / "model.tflite")
    assert copy.read_bytes() == Path(file.path).read_bytes()


def test_a_decision_says_what_the_images_bear_out(sweep: runner.Sweep, tool: object) -> None:
    decision = sweep.decision()
    assert str(decision).startswith(("Smallest file within", "No file is within"))
    assert decision.others == ()
    chosen = sweep.decision(max_drop=1, target="tflite_int8")
    assert (chosen.file, chosen.reason) == (sweep.best(max_drop=1, target="tflite_int8"), "")
    assert (chosen.certainty, chosen.smallest_within) == ("within", chosen.file)
    assert chosen.kept == 1
    file, drop = chosen.file, chosen.validation_drop
    assert file is not None
    assert drop is not None
    assert drop.low <= drop.mean <= drop.high
    assert (drop.paired, drop.seeds) == (True, (drop.mean,))
    assert f"it drops {drop.mean * 100:.2f} points" in chosen.sentences[0]
    assert callable(tool)
    told = json.loads(
        tool("best", "latest", "--max-drop=1", "--target=tflite_int8", "--json").stdout
    )["evidence"]
    assert told["validation_drop"]["low"] == drop.low
    assert told["certainty"]["test"] == chosen.test_certainty
    assert told["kept"]["share"] == chosen.kept
    assert told["reduction"] == chosen.reduction
    assert told["smallest_within"]["run_id"] == file.run_id


def test_with_confidence_a_decision_takes_only_what_is_within(sweep: runner.Sweep) -> None:
    # So few images are never sure of a limit of nothing.
    sure = sweep.decision(max_drop=0, confidence=0.95)
    assert sure.file is None
    assert sure.closest is not None
    assert sure.reason.startswith("no file keeps --max-drop=0 --confidence=0.95; the closest")
    assert sure.certainty in {"beyond", "too close to tell"}
    with pytest.raises(runner.NothingQualifies, match=r"--confidence=0\.95"):
        sweep.best(max_drop=0, confidence=0.95)
    for confidence in (0.3, 1, 95):
        with pytest.raises(runner.Refused, match=f"confidence={confidence}: must be a share of"):
            sweep.decision(confidence=confidence)


def test_where_nothing_qualifies_the_closest_file_is_named(sweep: runner.Sweep) -> None:
    with pytest.raises(runner.NothingQualifies, match=r"--max-bytes=1; the closest, "):
        sweep.best(max_bytes=1)


def test_limits_and_targets_that_are_none_are_refused(sweep: runner.Sweep) -> None:
    with pytest.raises(runner.Refused, match=f"target=int8: must be one of {Target.H5}, "):
        sweep.best(target="int8")
    with pytest.raises(runner.Refused, match="max_size=1: no such limit; there are max_drop, "):
        sweep.best(max_size=1)
    with pytest.raises(runner.Refused, match="max_drop=7: must be a share from 0 to 1"):
        sweep.best(max_drop=7)
    with pytest.raises(runner.Refused, match="max_bytes=0: must be a positive number"):
        sweep.best(max_bytes=0)
    with pytest.raises(runner.Refused, match="seed=9: must be a value that a point has"):
        sweep.best(where={"seed": 9})


def test_what_is_not_there_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(runner.Refused, match="there is no such file"):
        runner.load()
    assert not list(tmp_path.iterdir())


@pytest.mark.long
def test_a_sweep_is_run_and_refused_as_on_the_command_line(
    npz: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    few = [*quick(npz), "export.targets=[h5]"]
    with pytest.raises(runner.Refused, match=r"^schedule\.final_sparsity=1\.5: must be"):
        runner.run_sweep(*few, "schedule.final_sparsity=0.5,1.5")
    sweep = runner.run_sweep(*few, "schedule.final_sparsity=0.5,0.8", "tracking.experiment=mine")
    assert repr(sweep).endswith(": 2 of 2 points finished>")
    assert sorted(sweep.rows["final_sparsity"].dropna()) == [0.5, 0.8]


@pytest.mark.long
def test_a_sweep_with_a_failed_point_raises_and_can_be_read(
    npz: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rates = "schedule.learning_rate=0.001,1e30"
    with pytest.raises(runner.SweepFailed, match="exit code 1; the same call goes on"):
        runner.run_sweep(*quick(npz), "export.targets=[h5]", rates)
    rows = runner.load().rows.set_index("learning_rate")
    assert rows.loc[1e30, "status"] == "FAILED"
    assert "diverged" in rows.loc[1e30, "error"]
    assert rows.loc[0.001, "status"] == "FINISHED"


@pytest.mark.long
def test_it_works_without_a_guard_around_a_script(npz: Path, tmp_path: Path) -> None:
    overrides = [*quick(npz), "export.targets=[h5]"]
    script = tmp_path / "script.py"
    script.write_text(
        "import runner\n"
        f"outcome = runner.run_point(runner.compose(*{overrides!r}))\n"
        "print(sorted(outcome.figures))\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=HANGS_AFTER,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "['h5']"
