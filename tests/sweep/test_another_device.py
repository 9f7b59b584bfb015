"""A finished sweep that is asked for another device goes on, and trains nothing."""

import os
from pathlib import Path

import pytest

from runner.device.table import read_devices
from tests.helpers.forking import ForkingServer
from tests.helpers.stores import copied, file_of, runs_in
from tests.helpers.tiny import quick

SWEEP = ["-m", "schedule.final_sparsity=0.5,0.8", "schedule.initial_sparsity=0.0,0.6"]


@pytest.mark.long
def test_another_device_measures_what_it_needs_and_trains_nothing(
    folder: Path, heavy: ForkingServer, tmp_path: Path
) -> None:
    with copied(folder, tmp_path / "copy") as copy:
        before = {run.id for run in runs_in(copy, "point")}
        device = ["device=ethos_u55_128", "measure.latency=true", "measure.tflm_seconds=1"]
        arguments = [*SWEEP, *quick(folder / "tiny.npz"), "tracking.tensorboard=true", *device]
        done = heavy.run(arguments, copy, dict(os.environ))
        assert done.returncode == 0, done.stdout + done.stderr
        assert "All 3 points were finished; making the report" in done.stdout
        assert "training" not in done.stdout
        (sweep,) = runs_in(copy, "sweep")
        assert sweep.status == "FINISHED"
        assert '"ethos_u55_128"' in sweep.tags["runner.device"]
        assert {run.id for run in runs_in(copy, "point")} == before
        for run in [*runs_in(copy, "point"), *runs_in(copy, "baseline")]:
            rows = read_devices(file_of(copy, run, "devices.csv").read_text())
            (row,) = (
                row for row in rows if (row.target, row.device) == ("tflite_int8", "ethos_u55_128")
            )
            assert row.runs
            assert row.figures["cycles"] > 0
