"""A single point ends with its figures, and with what to do next."""

from pathlib import Path

import pytest

from runner.results.point_end import show_point
from runner.ui.pages import page_of
from tests.helpers.composing import point_of
from tests.helpers.stores import runs_in, store_in


def test_a_point_says_where_its_run_is_seen(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    point, *_ = runs_in(folder, "point")
    show_point(point_of("tracking.experiment=sparsity"), point.id, ["seed=1"])
    *_, mlflow, opens, sweep = capsys.readouterr().out.splitlines()
    assert mlflow.endswith(f" -m runner ui {point.id}")
    place = f"/#/experiments/{point.experiment_id}/runs/{point.id}"
    assert opens == f"which opens: http://127.0.0.1:5000{place}"
    assert sweep.endswith(" -m runner -m seed=1 schedule.final_sparsity=0.5,0.8,0.9")
    # And there the command leads.
    assert page_of(store_in(folder), point.id, "points") == (place, point.id)
