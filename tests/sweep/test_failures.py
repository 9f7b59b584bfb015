"""Single points and sweeps that end badly, by the real command line."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.hanging import HANGS_AFTER, read_until
from tests.helpers.project import Command
from tests.helpers.stores import file_of, runs_in, store_in
from tests.helpers.tiny import quick


@pytest.mark.long
def test_one_point_alone_is_a_run_of_its_own(command: Command, npz: Path, tmp_path: Path) -> None:
    done = command(*quick(npz), "export.targets=[tflite_dynamic]", "hydra.run.dir=out")
    assert done.returncode == 0, done.stderr
    (point,) = runs_in(tmp_path, "point")
    assert "mlflow.parentRunId" not in point.tags
    files = {file.name for file in (tmp_path / "out" / "models").iterdir()}
    assert files == {"tflite_dynamic.tflite", "labels.txt"}
    # What it is compared with is there although it was not asked for.
    assert "accuracy_drop/tflite_dynamic" in point.metrics
    assert done.stderr == ""


@pytest.mark.long
def test_a_failed_target_loses_neither_the_others_nor_the_sweep(
    command: Command, npz: Path, tmp_path: Path
) -> None:
    (tmp_path / "out" / "0" / "models" / "tflite_int8.tflite").mkdir(parents=True)
    done = command("-m", "schedule.final_sparsity=0.5,0.8", *quick(npz), "hydra.sweep.dir=out")
    assert done.returncode == 1
    (sweep,) = runs_in(tmp_path, "sweep")
    assert (sweep.status, sweep.error) == ("FAILED", "1 of 2 points failed")
    points = store_in(tmp_path).children(sweep.id)
    failed, finished = sorted(points, key=lambda point: point.name)
    assert (failed.status, finished.status) == ("FAILED", "FINISHED")
    assert failed.error is not None
    assert failed.error.startswith("TargetsFailed: tflite_int8 failed: ")
    assert "accuracy/tflite_dynamic" in failed.metrics
    assert "accuracy/tflite_int8" not in failed.metrics
    whole = file_of(tmp_path, failed, "error.txt")
    said = f"FAILED: final_sparsity=0.5: {failed.error}\nThe whole error: {whole}\n"
    assert said in done.stdout
    assert "\nShip " in done.stdout
    assert "Traceback" in whole.read_text()


@pytest.mark.long
def test_a_failed_point_alone_ends_with_one(command: Command, npz: Path, tmp_path: Path) -> None:
    (tmp_path / "out" / "models" / "h5.h5").mkdir(parents=True)
    done = command(*quick(npz), "export.targets=[h5]", "hydra.run.dir=out")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("runner: failed: TargetsFailed: h5 failed: ")


def test_an_unusable_store_is_refused_in_one_line(command: Command, npz: Path) -> None:
    for arguments in ([], ["-m"]):
        done = command(*arguments, *quick(npz), f"tracking.uri=sqlite:///{npz}/mlflow.db")
        assert done.returncode == 2
        assert done.stderr.startswith("runner: tracking.uri=sqlite:")
        assert len(done.stderr.splitlines()) == 1


@pytest.mark.long
def test_a_termination_marks_a_point_alone_killed(npz: Path, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [
            sys.executable, "-m", "runner", *quick(npz), "baseline.epochs=1000000",
            "hydra.verbose=runner.training",
        ],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        read_until(process, "epoch 1 of 1000000")
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=HANGS_AFTER)
    finally:
        process.kill()
    assert process.returncode == 128 + signal.SIGTERM, out
    (point,) = runs_in(tmp_path, "point")
    assert point.status == "KILLED"
    assert runs_in(tmp_path, "baseline") == []


@pytest.mark.long
def test_a_baseline_gains_the_targets_that_it_lacks(
    command: Command, npz: Path, tmp_path: Path
) -> None:
    (tmp_path / "one" / "baseline" / "tflite_int8.tflite").mkdir(parents=True)
    first = command(*quick(npz), "export.targets=[tflite_int8]", "hydra.run.dir=one")
    assert first.returncode == 0, first.stderr
    (baseline,) = runs_in(tmp_path, "baseline")
    assert baseline.status == "FAILED"
    # Calibrated otherwise, and not asking for what failed before: still the same run.
    others = ["export.targets=[tflite_dynamic]", "export.representative_images=10"]
    second = command(*quick(npz), *others)
    assert second.returncode == 0, second.stderr
    (whole,) = runs_in(tmp_path, "baseline")
    assert (whole.id, whole.status, whole.error) == (baseline.id, "FINISHED", None)
    for target in ("h5", "tflite_int8", "tflite_dynamic"):
        assert {f"zip_ratio/{target}", f"agreement/{target}"} <= set(whole.metrics)


@pytest.mark.long
def test_a_job_that_fails_before_it_has_a_run_says_why(
    light_command: Command, npz: Path, tmp_path: Path
) -> None:
    (tmp_path / "trap" / "tensorflow").mkdir(parents=True)
    (tmp_path / "trap" / "tensorflow" / "__init__.py").write_text("raise ImportError('no such')")
    trap = {"PYTHONPATH": str(tmp_path / "trap")}
    done = light_command("-m", *quick(npz), "schedule.final_sparsity=0.5,0.8", env=trap)
    assert done.returncode == 1
    reason = "its baseline failed: ImportError: no such"
    assert f"FAILED: final_sparsity=0.5: {reason}" in done.stdout
    assert [point.error for point in runs_in(tmp_path, "point")] == [reason, reason]
    assert "No point has a file to ship." in done.stdout
    assert runs_in(tmp_path, "sweep")[0].status == "FAILED"


@pytest.mark.long
def test_an_architecture_too_large_for_one_data_set_skips_only_that(
    command: Command, npz: Path, tmp_path: Path
) -> None:
    done = command("-m", *quick(npz), "architecture=fashion_cnn,mnist_cnn", "export=notebook")
    assert done.returncode == 0, done.stderr
    assert "skipped: architecture=fashion_cnn: architecture=fashion_cnn" in done.stdout
    (point,) = runs_in(tmp_path, "point")
    assert point.name == "architecture=mnist_cnn"
