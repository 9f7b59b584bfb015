"""How long files take, and a sweep by the real command line whose files were timed."""

import itertools
import json
import platform
from pathlib import Path

import numpy as np
import pytest

from runner.backend import make_repeatable
from runner.device.latency import processor, summarize, time_file
from runner.export.convert import export
from runner.export.frozen_model import exportables
from runner.models import architectures
from runner.point.context import PointContext
from runner.point.deliver import Delivery, FinishedModel
from runner.process.processor import processor_name
from runner.prune.sparsity import measure_sparsity
from runner.settings.targets import Target
from runner.tracking import Run
from tests.helpers.project import Command, Configure
from tests.helpers.stores import runs_in

IMAGES = np.random.default_rng(0).random((30, 8, 8, 1), dtype=np.float32)
TIMED = (Target.TFLITE_FLOAT32, Target.TFLITE_INT8)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[Target, Path]:
    folder = tmp_path_factory.mktemp("models")
    make_repeatable(0, 1)
    with exportables(architectures.build("mnist_cnn", (8, 8, 1), 3)) as sources:
        return {target: export(sources.plain, target, folder, IMAGES) for target in TIMED}


@pytest.mark.parametrize("target", TIMED)
def test_a_file_takes_some_time(files: dict[Target, Path], target: Target) -> None:
    timed = time_file(files[target], IMAGES)
    assert 0 < timed.median_ms <= timed.p90_ms


def test_warming_up_does_not_count() -> None:
    timed = summarize(itertools.chain([9.0] * 20, itertools.cycle([0.001] * 8 + [0.003] * 2)))
    assert (timed.median_ms, timed.p90_ms) == pytest.approx((1, 3))


def test_a_slow_file_is_still_run_often_enough() -> None:
    seconds = itertools.count(1.0)
    summarize(seconds, at_most=0)
    assert next(seconds) == 1 + 20 + 50


def test_the_processor_is_named(tmp_path: Path) -> None:
    info = tmp_path / "cpuinfo"
    assert processor_name(info) == (platform.processor() or platform.machine())
    known = tmp_path / "known"
    known.write_text("processor\t: 0\nmodel\t\t: 1\nmodel name\t: AMD EPYC 7B13\n" * 2)
    assert processor_name(known) == "AMD EPYC 7B13"
    assert processor() == f"{processor_name()}, 1 thread"


def test_nothing_is_timed_unasked(settings: Configure, tmp_path: Path) -> None:
    asked = settings()
    run = Run(lambda: pytest.fail("nothing is sent"))
    context = PointContext.of(asked, tmp_path)
    model = architectures.build("mnist_cnn", context.data.shape, context.data.classes)
    Delivery(context, run, tmp_path / "models", context.data.test.labels).deliver(
        FinishedModel(model, measure_sparsity(model, {})), [Target.TFLITE_INT8]
    )
    assert "accuracy/tflite_int8" in {name for name, *_ in run.notes.metrics}
    assert not any("latency" in name for name, *_ in run.notes.metrics)
    assert run.notes.tags == {}


def test_every_tflite_file_has_its_latency_and_no_h5_file(swept: tuple[Path, str, str]) -> None:
    points, baselines = (runs_in(swept[0], kind) for kind in ("point", "baseline"))
    timed = [each for each in Target if each.conversion and points[0].has_file(each)]
    assert len(timed) == 4
    names = [f"{name}/{target}" for name in ("latency_ms", "latency_p90_ms") for target in timed]
    for run in [*points, *baselines]:
        assert {name for name in run.metrics if "latency" in name} == set(names)
        assert all(run.metrics[name] > 0 for name in names)
        assert run.tags["runner.cpu"] == processor()
    assert all(run.params["measure.latency"] == "true" for run in points)
    assert all("measure.latency" not in run.params for run in baselines)


def test_a_file_can_be_chosen_by_its_latency(tool: Command) -> None:
    done = tool("best", "latest", "--max-drop", "1", "--max-latency-ms", "1e9", "--json")
    assert done.returncode == 0, done.stderr
    chosen = json.loads(done.stdout)
    assert chosen["target"] != Target.H5
    assert chosen["figures"]["latency_ms"] > 0
    strict = tool("best", "latest", "--max-drop", "1", "--max-latency-ms", "1e-8")
    assert strict.returncode == 1
    assert "no file keeps --max-latency-ms=1e-08" in strict.stdout
