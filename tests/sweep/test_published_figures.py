"""The published figures, on the real images; skipped, saying so, where they are absent."""

import csv
from pathlib import Path

import pytest

from tests.helpers.project import Command
from tests.helpers.stores import file_of, runs_in


@pytest.mark.long
def test_mnist_as_in_the_tutorial(command: Command, real_data: Path, tmp_path: Path) -> None:
    done = command(
        "+sweep=mnist",
        "schedule.initial_sparsity=0.5",
        "schedule.final_sparsity=0.8",
        "schedule.epochs=2",
        f"dataset.folder={real_data}",
    )
    assert done.returncode == 0, done.stderr
    (point,) = runs_in(tmp_path, "point")
    figures = point.metrics
    assert figures["accuracy/h5"] >= 0.965
    assert figures["zip_ratio/h5"] >= 3.0
    assert figures["zip_ratio/tflite_dynamic"] >= 8.8
    assert figures["agreement/tflite_float32"] * 10_000 >= 9_999
    with file_of(tmp_path, point, "layers.csv").open() as file:
        for layer in filter(lambda line: line["asked"], csv.DictReader(file)):
            assert abs(float(layer["sparsity"]) - float(layer["asked"])) <= 0.005
