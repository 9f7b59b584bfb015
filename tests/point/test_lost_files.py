"""What somebody removes from the artifacts while a point runs is there in the end."""

import shutil
import threading
import time
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
    assert {path.name for path in files.iterdir()} >= {"correct.csv", "models", "config.yaml"}


def test_settings_that_are_removed_meanwhile_are_there_in_the_end(
    settings: Configure, tmp_path: Path
) -> None:
    make_repeatable(1, 1)
    cleaner = threading.Thread(target=_remove_first, args=(tmp_path,))
    cleaner.start()
    run(settings("export.targets=[h5]"), tmp_path / "files")
    cleaner.join()
    (point,) = runs_in(tmp_path, "point")
    assert file_of(tmp_path, point, "config.yaml").is_file()


def _remove_first(folder: Path) -> None:
    """Remove the settings that are logged first, those of a point that has begun."""
    while not (found := [*folder.rglob("artifacts/config.yaml")]):
        time.sleep(0.01)
    found[0].unlink()
