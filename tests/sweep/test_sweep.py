"""A whole sweep by the real command line, and what it leaves behind."""

import csv
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from runner.backend import Interpreter, keras
from runner.device.metrics import MOST
from runner.device.table import read_devices
from runner.point.drop_figures import NAMES
from tests.helpers.hanging import HANGS_AFTER
from tests.helpers.project import STANDARD, Command
from tests.helpers.stores import file_of, runs_in, store_in
from tests.helpers.tiny import quick


def test_points_are_nested_under_their_sweep(swept: tuple[Path, str, str]) -> None:
    folder = swept[0]
    (sweep,) = runs_in(folder, "sweep")
    (baseline,) = runs_in(folder, "baseline")
    points = store_in(folder).children(sweep.id)
    assert sorted(point.name for point in points) == [
        "0.0→0.5",
        "0.0→0.8",
        "0.6→0.8",
    ]
    for run in (sweep, baseline, *points):
        assert run.status == "FINISHED"
    for point in points:
        assert point.tags["runner.sweep"] == "initial_sparsity-x-final_sparsity"
        assert point.tags["runner.baseline_run_id"] == baseline.id
        assert point.tags["runner.signature"] == baseline.tags["runner.signature"]
    assert len({point.tags["runner.fingerprint"] for point in points}) == len(points)


def test_no_temporary_file_stays(swept: tuple[Path, str, str]) -> None:
    assert list((swept[0] / "temporary").iterdir()) == []


def test_every_named_metric_and_file_is_there(swept: tuple[Path, str, str]) -> None:
    folder = swept[0]
    for run in [*runs_in(folder, "point"), *runs_in(folder, "baseline")]:
        figures = [
            f"{name}/{target}"
            for target in STANDARD
            for name in (
                "size_bytes",
                "zip_bytes",
                "runs_on_tflm",
                "zip_ratio",
                "accuracy",
                "validation_accuracy",
                "accuracy_drop",
                # The baseline's own intervals are those of its images, and no metrics.
                *(NAMES if run.kind == "point" else ()),
            )
        ]
        assert set(figures) <= set(run.metrics)
        for target in STANDARD:
            assert len([name for name in run.metrics if name.endswith(f"/{target}")]) <= MOST
        assert {"sparsity", "sparsity_error", "loss", "val_accuracy"} <= set(run.metrics)
        models = {path.name for path in file_of(folder, run, "models").iterdir()}
        assert models == {*(target.file_name for target in STANDARD), "labels.txt"}
        assert file_of(folder, run, "models/labels.txt").read_text() == "0\n1\n2\n"
        assert file_of(folder, run, "layers.csv").read_text().startswith("layer,weight,shape")
        assert file_of(folder, run, "config.yaml").read_text().startswith("seed: 0")


def test_what_devices_make_of_each_file_is_in_a_table(swept: tuple[Path, str, str]) -> None:
    folder = swept[0]
    refused = ["h5", "tflite_dynamic", "tflite_float16"]
    for run in [*runs_in(folder, "point"), *runs_in(folder, "baseline")]:
        # Of lenet_300_100 on images of 8 by 8 in 3 classes.
        assert run.metrics["macs"] == 64 * 300 + 300 * 100 + 100 * 3
        rows = read_devices(file_of(folder, run, "devices.csv").read_text())
        assert sorted((row.target, row.device) for row in rows) == sorted(
            (str(target), device) for target in STANDARD for device in ("host", "microcontroller")
        )
        micro = {row.target: row for row in rows if row.device == "microcontroller"}
        assert sorted(target for target, row in micro.items() if not row.runs) == refused
        for target, row in micro.items():
            assert run.metrics[f"runs_on_tflm/{target}"] == (target not in refused)
            arena = run.metrics.get(f"tflm_arena_bytes/{target}")
            assert arena == row.figures.get("ram_bytes")
            if target != "h5":
                assert row.figures["flash_bytes"] == run.metrics[f"size_bytes/{target}"]
        assert all("zstd_bytes" in row.figures for row in rows if row.device == "host")


def test_each_point_shows_its_layers_and_what_tensorboard_reads(
    swept: tuple[Path, str, str],
) -> None:
    folder = swept[0]
    for point in runs_in(folder, "point"):
        text = file_of(folder, point, "summary.txt").read_text()
        dense, pruned, stripped = re.split(r"^(?:While|After) pr.*$", text, flags=re.MULTILINE)
        assert dense.startswith("Before pruning\n\nModel: ")
        assert dense.removeprefix("Before pruning").strip() == stripped.strip()
        assert "dense_300 (Dense)" in dense
        assert "prune_low_magnitude_dense_300 (PruneLowMagnitude)" in pruned
        for part in ("train", "validation", "metrics"):
            (file,) = file_of(folder, point, f"tensorboard/{part}").iterdir()
            assert file.name.startswith("events.out.tfevents.")
    (baseline,) = runs_in(folder, "baseline")
    assert not file_of(folder, baseline, "tensorboard").exists()


def test_each_file_says_what_it_answers_for_each_class(swept: tuple[Path, str, str]) -> None:
    folder = swept[0]
    for run in [*runs_in(folder, "point"), *runs_in(folder, "baseline")]:
        lines = list(csv.DictReader(file_of(folder, run, "classes.csv").read_text().splitlines()))
        assert [line["class"] for line in lines] == ["0", "1", "2"]
        for target in STANDARD:
            path = file_of(folder, run, f"confusion/{target}.csv")
            counts = np.loadtxt(path, np.int64, delimiter=",", skiprows=1, usecols=(1, 2, 3))
            assert counts.sum(axis=1).tolist() == [int(line["images"]) for line in lines]
            shares = [float(line[f"accuracy/{target}"]) for line in lines]
            assert shares == (counts.diagonal() / counts.sum(axis=1)).tolist()
            accuracy = counts.trace() / counts.sum()
            assert accuracy == pytest.approx(run.metrics[f"accuracy/{target}"])
            gains = sum(
                int(line[f"gained/{target}"]) - int(line[f"lost/{target}"]) for line in lines
            )
            drop = run.metrics[f"accuracy_drop/{target}"]
            assert -gains / counts.sum() == pytest.approx(drop, abs=1e-9)


def test_metrics_are_what_their_names_say(swept: tuple[Path, str, str]) -> None:
    folder = swept[0]
    (baseline,) = runs_in(folder, "baseline")
    for point in runs_in(folder, "point"):
        asked = float(point.params["schedule.final_sparsity"])
        assert point.metrics["sparsity"] == pytest.approx(asked, abs=0.005)
        assert point.metrics["sparsity_error"] == point.metrics["sparsity"] - asked
        assert point.metrics["epoch_sparsity"] == point.metrics["sparsity"]
        for target in STANDARD:
            path = file_of(folder, point, f"models/{target.file_name}")
            zipped = point.metrics[f"zip_bytes/{target}"]
            assert point.metrics[f"size_bytes/{target}"] == path.stat().st_size
            ratio = baseline.metrics["zip_bytes/h5"] / zipped
            assert point.metrics[f"zip_ratio/{target}"] == ratio
            drop = baseline.metrics["accuracy/h5"] - point.metrics[f"accuracy/{target}"]
            assert point.metrics[f"accuracy_drop/{target}"] == drop


def test_an_impossible_point_is_skipped_by_name(swept: tuple[Path, str, str]) -> None:
    _, out, err = swept
    assert (
        "skipped: 0.6→0.5: "
        "schedule.initial_sparsity=0.6: must be at most schedule.final_sparsity=0.5"
    ) in out + err


def test_a_pipe_gets_plain_text_that_ends_in_a_decision(
    swept: tuple[Path, str, str],
) -> None:
    folder, out, _ = swept
    assert all(character.isprintable() or character in "\n\t" for character in out)
    *lines, file, report, ui, page, copy, _promote, on, _all = out.splitlines()
    assert any(line.startswith("Ship ") for line in lines)
    assert Path(file.removeprefix("File: ")).is_file()
    assert Path(report.removeprefix("Report: ")).name == "report.html"
    assert Path(report.removeprefix("Report: ")).is_file()
    assert ui.startswith("MLflow: ")
    assert ui.endswith(" -m runner ui initial_sparsity-x-final_sparsity")
    (sweep,) = runs_in(folder, "sweep")
    key = f"viewStateShareKey=runner-points-{sweep.id[:12]}"
    runs = f"experiments/{sweep.experiment_id}/runs?workflowType=machine_learning&{key}"
    assert page == f"which opens: http://127.0.0.1:5000/#/{runs}"
    assert " -m runner best initial_sparsity-x-final_sparsity --output=model." in copy
    assert on.startswith("Sweep on: ")
    assert "schedule.initial_sparsity=0.0,0.6" in on


@pytest.mark.long
def test_two_at_once_share_the_store_and_the_baseline(npz: Path, tmp_path: Path) -> None:
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "runner", *quick(npz), f"schedule.final_sparsity={final}"],
            cwd=tmp_path,
            stderr=subprocess.PIPE,
            text=True,
        )
        for final in (0.6, 0.8)
    ]
    for process in started:
        _, err = process.communicate(timeout=HANGS_AFTER)
        assert process.returncode == 0, err
    (baseline,) = runs_in(tmp_path, "baseline")
    points = runs_in(tmp_path, "point")
    assert {point.tags["runner.baseline_run_id"] for point in points} == {baseline.id}
    assert [point.status for point in points] == ["FINISHED", "FINISHED"]


@pytest.mark.long
def test_points_with_files_of_another_batch_have_another_baseline(
    npz: Path, command: Command, tmp_path: Path
) -> None:
    targets = ["export.targets=[h5,tflite_float32]", "architecture=mnist_cnn"]
    done = command("-m", *quick(npz), *targets, "export.batch=1,3,null")
    assert done.returncode == 0, done.stderr
    baselines = {run.id: run for run in runs_in(tmp_path, "baseline")}
    points = {run.params["export.batch"]: run for run in runs_in(tmp_path, "point")}
    assert set(points) == {"1", "3", "null"}
    assert len({run.tags["runner.signature"] for run in baselines.values()}) == 1
    for batch, point in points.items():
        baseline = baselines.pop(point.tags["runner.baseline_run_id"])
        assert baseline.params["export.batch"] == batch
        for run in (point, baseline):
            path = file_of(tmp_path, run, "models/tflite_float32.tflite")
            (taken,) = Interpreter(str(path)).get_input_details()
            assert list(taken["shape_signature"]) == [
                {"null": -1}.get(batch) or int(batch),
                8,
                8,
                1,
            ]
            model = keras.models.load_model(file_of(tmp_path, run, "models/h5.h5"), compile=False)
            assert model.input_shape == (None, 8, 8, 1)
        assert point.metrics["accuracy/tflite_float32"] == point.metrics["accuracy/h5"]
    assert not baselines
