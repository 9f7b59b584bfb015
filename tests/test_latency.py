"""How long files take, and a sweep by the real command line whose files were timed."""

import itertools
import json
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from runner import architectures, data, latency
from runner.backend import make_repeatable
from runner.delivery import Delivery
from runner.export import export
from runner.frozen import exportable
from runner.latency import processor, time_file
from runner.targets import Target
from runner.tracking import Run
from tests.conftest import Configure, quick, runs_in, write_npz

IMAGES = np.random.default_rng(0).random((30, 8, 8, 1), dtype=np.float32)
TIMED = (Target.TFLITE_FLOAT32, Target.TFLITE_INT8)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[Target, Path]:
    folder = tmp_path_factory.mktemp("models")
    make_repeatable(0, 1)
    with exportable(architectures.build("mnist_cnn", (8, 8, 1), 3)) as source:
        return {target: export(source, target, folder, IMAGES) for target in TIMED}


@pytest.mark.parametrize("target", TIMED)
def test_a_file_takes_some_time(files: dict[Target, Path], target: Target) -> None:
    timed = time_file(files[target], IMAGES)
    assert 0 < timed.median_ms <= timed.p90_ms < 1000


def test_warming_up_does_not_count(
    files: dict[Target, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = itertools.chain([9.0] * 20, itertools.cycle([0.001] * 8 + [0.003] * 2))
    monkeypatch.setattr(latency, "_invocations", lambda *_: seconds)
    timed = time_file(files[Target.TFLITE_INT8], IMAGES)
    assert (timed.median_ms, timed.p90_ms) == pytest.approx((1, 3))


def test_a_slow_file_is_still_run_often_enough(
    files: dict[Target, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = itertools.count()
    monkeypatch.setattr(latency, "_invocations", lambda *_: seconds)
    monkeypatch.setattr(latency, "_SECONDS", 0)
    time_file(files[Target.TFLITE_INT8], IMAGES)
    assert next(seconds) == 20 + 50


def test_the_processor_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = tmp_path / "cpuinfo"
    monkeypatch.setattr(latency, "_CPU_INFO", info)
    assert processor() == f"{platform.processor() or platform.machine()}, 1 thread"
    info.write_text("processor\t: 0\nmodel\t\t: 1\nmodel name\t: AMD EPYC 7B13\n" * 2)
    assert processor() == "AMD EPYC 7B13, 1 thread"


def test_nothing_is_timed_unasked(settings: Configure, tmp_path: Path) -> None:
    asked = settings()
    run = Run(lambda: pytest.fail("nothing is sent"))
    dataset = data.load(asked.dataset, tmp_path)
    model = architectures.build("mnist_cnn", dataset.shape, dataset.classes)
    Delivery(run, tmp_path / "models", dataset, asked).deliver(model, [Target.TFLITE_INT8])
    assert "accuracy/tflite_int8" in {name for name, *_ in run.notes.metrics}
    assert not any("latency" in name for name, *_ in run.notes.metrics)
    assert run.notes.tags == {}


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a sweep of two points whose files were timed."""
    folder = tmp_path_factory.mktemp("swept")
    targets = ",".join([Target.H5, *TIMED])
    done = _python(
        folder, "runner", "-m", *quick(write_npz(folder / "tiny.npz")), "measure.latency=true",
        "schedule.final_sparsity=0.6,0.8", f"export.targets=[{targets}]",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder


def _python(folder: Path, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )


def test_every_tflite_file_has_its_latency_and_no_h5_file(swept: Path) -> None:
    names = [f"{name}/{target}" for name in ("latency_ms", "latency_p90_ms") for target in TIMED]
    runs = [*runs_in(swept, "point"), *runs_in(swept, "baseline")]
    assert len(runs) == 3
    for run in runs:
        assert {name for name in run.metrics if "latency" in name} == set(names)
        assert all(run.metrics[name] > 0 for name in names)
        assert run.tags["runner.cpu"] == processor()
    assert all(run.params["measure.latency"] == "true" for run in runs_in(swept, "point"))
    assert all("measure.latency" not in run.params for run in runs_in(swept, "baseline"))


def test_a_file_can_be_chosen_by_its_latency(swept: Path) -> None:
    loose = ["latest", "--max-drop", "1", "--max-latency-ms", "1000", "--json"]
    done = _python(swept, "runner.best", *loose)
    assert done.returncode == 0, done.stderr
    chosen = json.loads(done.stdout)
    assert chosen["target"] in TIMED
    assert 0 < chosen["figures"]["latency_ms"] < 1000
    strict = _python(swept, "runner.best", "latest", "--max-drop", "1", "--max-latency-ms", "1e-8")
    assert strict.returncode == 1
    assert "no file keeps --max-latency-ms=1e-08" in strict.stdout
