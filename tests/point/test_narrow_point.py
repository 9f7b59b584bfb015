"""A point that removes channels: its files are smaller, and its run says what was removed."""

import csv
from pathlib import Path

import pytest

from runner.backend import keras, make_repeatable
from runner.point.run import run
from tests.helpers.project import Command, Configure
from tests.helpers.stores import file_of, runs_in
from tests.helpers.tiny import quick, write_npz

HALF = ("architecture=mnist_cnn", "channels.share=0.4", "channels.epochs=1")


def test_a_point_loses_channels_before_it_is_pruned(settings: Configure, tmp_path: Path) -> None:
    make_repeatable(1, 1)
    asked = settings(*HALF, "export.targets=[h5,tflite_float32]", "schedule.final_sparsity=0.5")
    outcome = run(asked, tmp_path / "files")
    (point,), (baseline,) = (runs_in(tmp_path, kind) for kind in ("point", "baseline"))
    assert point.metrics["channels_kept"] == (8 + 3) / (12 + 3)
    assert point.metrics["sparsity"] == pytest.approx(0.5, abs=0.01)
    for figure in ("parameters", "zip_bytes/h5", "size_bytes/tflite_float32", "macs"):
        assert point.metrics[figure] < baseline.metrics[figure], figure
    model = keras.models.load_model(outcome.files["h5"], compile=False)
    assert model.get_layer("conv").filters == 8
    assert model.count_params() == point.metrics["parameters"]
    (conv, output) = _table(tmp_path, "channels.csv")
    assert (conv["channels"], conv["kept"], conv["removed"], conv["reason"]) == ("12", "8", "4", "")
    assert (output["kept"], output["reason"]) == ("3", "goes through softmax")
    stages = [line["stage"] for line in _table(tmp_path, "stages.csv")]
    assert stages == ["channels", "channels", "prune", "prune"]
    assert "channels/val_accuracy" in point.metrics
    assert "With fewer channels" in file_of(tmp_path, point, "summary.txt").read_text()
    assert point.params["channels.multiple"] == "4"


def _table(folder: Path, name: str) -> list[dict[str, str]]:
    (point,) = runs_in(folder, "point")
    return list(csv.DictReader(file_of(folder, point, name).read_text().splitlines()))


@pytest.mark.long
def test_all_that_follows_goes_on_from_a_narrow_model(command: Command, tmp_path: Path) -> None:
    npz = write_npz(tmp_path / "tiny.npz")
    stages = ["compress=cluster_qat", "compress.epochs=1", "export=all", "channels.start=fresh"]
    asked = ["devices=[microcontroller,ethos_u55_128]", "measure.tflm_seconds=1"]
    done = command(*quick(npz), *HALF, *stages, *asked)
    assert done.returncode == 0, done.stderr
    (point,), (baseline,) = (runs_in(tmp_path, kind) for kind in ("point", "baseline"))
    # The int8 file has the ranges that were learned besides, which this tiny one does not outweigh.
    figures = ("size_bytes/tflite_float32", "size_bytes/tflite_dynamic")
    devices = ("tflm_arena_bytes", "ethos_u55_128_cycles")
    for name in (*figures, *(f"{figure}/tflite_int8" for figure in devices)):
        assert point.metrics[name] < baseline.metrics[name], name
    assert point.metrics["macs"] < baseline.metrics["macs"]


@pytest.mark.long
@pytest.mark.parametrize(
    ("settings", "line"),
    [
        (
            ["channels.share=0.5", "channels.multiple=64"],
            "runner: channels.share=0.5: removes no channel of mnist_cnn: conv keeps 12 of 12 with "
            "channels.multiple=64; output goes through softmax",
        ),
        (
            ["channels.layer_share={cnv:0.5}"],
            "runner: channels.layer_share: cnv is no layer of mnist_cnn that makes channels; these "
            "do: conv, output",
        ),
    ],
)
def test_what_removes_nothing_is_refused(
    settings: list[str], line: str, command: Command, tmp_path: Path
) -> None:
    npz = write_npz(tmp_path / "tiny.npz")
    done = command(*quick(npz), "architecture=mnist_cnn", *settings)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (2, line)
    assert "Traceback" not in done.stderr
