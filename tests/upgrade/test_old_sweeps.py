"""What version 0.1 left of sweeps is read by this one: figures, files, a registered model.

The archive is made by `make_store.py`, at the last commit before the folders of today.
"""

import csv
import json
import subprocess
import sys
from pathlib import Path

import mlflow
import pytest
from sklearn.datasets import load_digits

from tests.helpers.hanging import HANGS_AFTER
from tests.upgrade.old_store import NO_TIME, Done, Enter, of_kind, statuses, store_of, under


def _sweep(folder: Path, *arguments: str) -> Done:
    """Enter again the command of the sweep that was lost half way."""
    typed = json.loads((folder / "expected" / "unfinished.json").read_text())
    # One process is enough.
    settings = [setting for setting in typed if not setting.startswith("hydra.launcher.")]
    command = [sys.executable, "-m", "runner", *settings, "hydra/launcher=basic", *arguments]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=HANGS_AFTER, check=False
    )


def test_best_chooses_the_same_files_by_the_same_figures(kept: Path, enter: Enter) -> None:
    for arguments, expected in json.loads((kept / "expected" / "best.json").read_text()):
        done = enter(kept, "best", *arguments, "--json")
        told = json.loads(done.stdout)
        # There are more kinds of files by now.
        kinds = told["limits"].get("targets", [])
        told["limits"]["targets"] = [
            each for each in kinds if each in expected["limits"].get("targets", [])
        ]
        assert {name: told.get(name) for name in expected} == expected
        assert done.returncode == (not expected["qualifies"])
        assert "path" not in told or Path(told["path"]).is_file()


def test_the_report_has_the_same_figures(kept: Path, enter: Enter, tmp_path: Path) -> None:
    done = enter(kept, "report.__main__", "smoke", "--output", str(tmp_path / "report"))
    assert done.returncode == 0, done.stderr
    before, now = (
        list(csv.DictReader((folder / "points.csv").read_text().splitlines()))
        for folder in (kept / "expected", tmp_path / "report")
    )
    assert [
        {name: new[name] for name in was} for was, new in zip(before, now, strict=True)
    ] == before


def test_the_report_is_made_again_in_the_store(old: Path, enter: Enter) -> None:
    for sweep in ("smoke", "unnamed"):
        done = enter(old, "report.__main__", sweep)
        assert done.returncode == 0, done.stderr
        assert Path(done.stdout.splitlines()[-1].removeprefix("Report: ")).is_file()


def test_the_champion_predicts_and_is_known_again(
    old: Path, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{old}/mlflow.db")
    images, labels = load_digits(return_X_y=True)
    images = (images.reshape(-1, 8, 8, 1) / 16).astype("float32")
    # As it was promoted then, and with the code of now.
    for told in (
        "models:/digits@champion is version 2 now: ",
        "nothing changed: models:/digits@champion is this file already, as version 2",
    ):
        scores = mlflow.pyfunc.load_model("models:/digits@champion").predict(images)
        assert (scores.argmax(axis=1) == labels).mean() > 0.9
        done = enter(old, "promote", "smoke", "--name", "digits")
        assert done.stdout.startswith(told), done.stderr


@pytest.mark.long
def test_a_sweep_that_was_lost_half_way_begins_anew_and_what_it_had_stays(
    old: Path, enter: Enter
) -> None:
    done = _sweep(old, f"sweep.budget_hours={NO_TIME}")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "found dead: sweep unnamed" in done.stdout
    assert "found dead: point epochs=300" in done.stdout
    assert "beginning epochs anew: the code, a library, the images or a model" in done.stdout
    assert "resuming" not in done.stdout
    assert "2 were not started" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    store = store_of(old, "sparsity")
    _, before, new = of_kind(store, "sweep")
    assert (before.status, new.status) == ("KILLED", "FAILED")
    assert statuses(store, before) == {"epochs=6": "FINISHED", "epochs=300": "KILLED"}
    assert under(store, new) == []
    told = enter(old, "best", before.id, "--json", "--max-drop", "1")
    assert json.loads(told.stdout)["point"] == "epochs=6"


@pytest.mark.long
def test_a_sweep_that_began_anew_runs_to_its_end(old: Path, enter: Enter) -> None:
    done = _sweep(old, "sweep.reuse=true")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "reused" not in done.stdout
    store = store_of(old, "sparsity")
    new = of_kind(store, "sweep")[-1]
    assert statuses(store, new) == {"epochs=6": "FINISHED", "epochs=300": "FINISHED"}
    assert enter(old, "best", "latest", "--max-drop", "1").returncode == 0
