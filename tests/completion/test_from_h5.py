"""Files are made of stored h5 files as the points themselves would have made them."""

import logging
from collections.abc import Callable
from pathlib import Path

import h5py  # type: ignore[import-untyped]
import pytest

from runner.completion.complete import complete
from runner.device.request import Request
from runner.export.tflm.encoded_file import can_encode
from runner.results.lookup import find_sweep
from runner.results.rows import Results, Row, read
from runner.settings.devices import Device
from runner.settings.targets import Target
from tests.helpers.project import Command
from tests.helpers.stores import file_of, forget, store_in
from tests.helpers.tiny import quick

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not can_encode(), reason="no wheel of tflite-micro"),
]
MICRO = Request((Device.MICROCONTROLLER,))


@pytest.fixture
def swept_with(command: Command, npz: Path, tmp_path: Path) -> Callable[..., Path]:
    """Run a sweep with some options, and return its folder."""

    def run(*options: str) -> Path:
        done = command("-m", *options, "export.targets=[h5,tflite_int8]", *quick(npz))
        assert done.returncode == 0, done.stderr
        return tmp_path

    return run


def results_in(folder: Path) -> Results:
    store = store_in(folder)
    store.connect(create=False)
    return read(store, find_sweep(store, "latest"))


def by_compress(results: Results) -> dict[str, Row]:
    return {row.point.params["compress.name"]: row for row in results.rows}


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.message for record in caplog.records if record.levelno > logging.INFO]


def test_clustered_weights_and_scaling_in_the_file_stay_as_they_were(
    swept_with: Callable[..., Path], caplog: pytest.LogCaptureFixture
) -> None:
    in_file = ("dataset.scale_in_file=true", "dataset.scale=-1..1")
    folder = swept_with("compress=none,cluster", *in_file)
    before = by_compress(results_in(folder))
    path = file_of(folder, before["cluster"].point, "models/tflite_int8.tflite")
    content = path.read_bytes()
    path.unlink()
    forget(folder, "/tflite_int8")
    # Whoever can write into a store can put a program into a file there.
    with h5py.File(file_of(folder, before["none"].point, "models/h5.h5"), "r+") as file:
        text = str(file.attrs["model_config"])
        file.attrs["model_config"] = text.replace(': "Dense"', ': "Evil"', 1)
    after = by_compress(complete(store_in(folder), results_in(folder), MICRO))
    cluster, none = after["cluster"].point, after["none"].point
    assert path.read_bytes() == content
    known = before["cluster"].point.figures("tflite_int8")
    made = cluster.figures("tflite_int8")
    assert {name: made[name] for name in known if name in made} == {
        name: value for name, value in known.items() if name in made
    }
    assert cluster.has_file(Target.TFLM_LUT_INT8)
    assert cluster.has_file(Target.TFLM_PRUNED_FLOAT32)
    assert not none.has_file(Target.TFLITE_INT8)
    said = warnings(caplog)
    assert any("tflite_float32 of compress=none: Evil is no part of Keras" in line for line in said)


def test_what_was_trained_as_if_quantized_cannot_be_made_again(
    swept_with: Callable[..., Path], caplog: pytest.LogCaptureFixture
) -> None:
    folder = swept_with("compress=qat")
    forget(folder, "/tflite_int8")
    (row,) = complete(store_in(folder), results_in(folder), MICRO).rows
    assert row.baseline is not None
    # That of the dense model can, and so can its float32 file, and what is made of them.
    assert row.baseline.has_file(Target.TFLM_PRUNED_INT8)
    assert row.point.has_file(Target.TFLM_PRUNED_FLOAT32)
    assert not row.point.has_file(Target.TFLITE_INT8)
    assert not row.point.has_file(Target.TFLM_PRUNED_INT8)
    (line,) = [line for line in warnings(caplog) if line.startswith("left out")]
    assert line.startswith("left out: tflite_int8, tflm_pruned_int8 of ")
    assert line.endswith("the model that was trained as if quantized is not in the h5 file")
