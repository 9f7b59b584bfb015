"""A point whose baseline has lost its table of answers has its intervals all the same."""

import shutil
from pathlib import Path

from runner.backend import make_repeatable
from runner.point.run import run
from tests.helpers.project import Configure
from tests.helpers.stores import file_of, runs_in


def test_a_lost_table_of_answers_is_made_again(settings: Configure, tmp_path: Path) -> None:
    make_repeatable(1, 1)
    targets = "export.targets=[h5]"
    run(settings(targets, "schedule.final_sparsity=0.6"), tmp_path / "first")
    (baseline,) = runs_in(tmp_path, "baseline")
    files = file_of(tmp_path, baseline, "config.yaml").parent
    shutil.rmtree(files)
    run(settings(targets, "schedule.final_sparsity=0.7"), tmp_path / "second")
    first, second = runs_in(tmp_path, "point")
    assert first.metrics.keys() == second.metrics.keys() >= {"accuracy_drop_low/h5"}
    assert {path.name for path in files.iterdir()} >= {"correct.csv", "models"}
