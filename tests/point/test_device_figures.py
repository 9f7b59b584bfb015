"""What devices make of the files of a point is logged, and where it fails nothing else does."""

import shlex
import sys
from pathlib import Path

import pytest

from runner.backend import make_repeatable
from runner.device.table import DeviceRow, read_devices
from runner.models import architectures
from runner.point.context import PointContext
from runner.point.deliver import Delivery, FinishedModel
from runner.point.reference import Reference
from runner.prune.sparsity import measure_sparsity
from runner.settings.targets import Target
from runner.tracking import Run
from tests.helpers.project import Configure

FILES = [Target.H5, Target.TFLITE_INT8]
# Fails for one file, and measures the other.
CODE = (
    "import os, sys\n"
    "path = sys.argv[1]\n"
    "sys.exit('an h5 file') if path.endswith('h5') else print('{\"bytes\": %d}' % "
    "os.stat(path).st_size)"
)


def _delivered(settings: Configure, folder: Path, *overrides: str) -> tuple[Run, list[DeviceRow]]:
    make_repeatable(1, 1)
    context = PointContext.of(settings(*overrides), folder)
    run = Run(lambda: pytest.fail("nothing is sent"))
    model = architectures.build("lenet_300_100", context.data.shape, context.data.classes)
    labels, reference = context.data.test.labels, Reference("a baseline", 1000, 0.5)
    delivery = Delivery(context, run, folder / "models", labels, reference)
    files = delivery.deliver(FinishedModel(model, measure_sparsity(model, {})), FILES)
    assert [file.target for file in files] == FILES
    return run, read_devices(run.notes.texts["devices.csv"])


def test_a_command_that_fails_fails_its_figure_only(
    settings: Configure, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    command = f"{shlex.quote(sys.executable)} -c {shlex.quote(CODE)} {{file}}"
    typed = command.replace("\\", "\\\\").replace('"', '\\"')
    asked = ["device=microcontroller", f'measure.command="{typed}"']
    run, rows = _delivered(settings, tmp_path, *asked)
    metrics = {name: value for name, value, *_ in run.notes.metrics}
    assert metrics["own/bytes/tflite_int8"] == metrics["size_bytes/tflite_int8"]
    assert metrics["tflm_agreement/tflite_int8"] >= 0.9
    assert metrics["macs"] == 64 * 300 + 300 * 100 + 100 * 3
    assert "own/bytes/h5" not in metrics
    hosts = {row.target: row for row in rows if row.device == "host"}
    assert hosts["h5"].reason == "measure.command ended with code 1: an h5 file"
    assert hosts["h5"].figures["zstd_bytes"] > 0
    assert hosts["tflite_int8"].reason == ""
    # Several points run at a time.
    words = (
        "h5 of lenet_300_100 0.5 to 0.8 in 2 epochs: measure.command ended with code 1: an h5 file"
    )
    assert words in caplog.messages
