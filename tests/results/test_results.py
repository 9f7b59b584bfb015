"""What a sweep came to, read back from stores in which something is amiss."""

import json
import math
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from runner.errors import Refused
from runner.process import liveness
from runner.report import sweep_facts
from runner.results.choice import Limits
from runner.results.decision import decide
from runner.results.lookup import find_sweep
from runner.results.rows import read
from runner.settings.targets import Target
from runner.tracking import Kind, Record, Run, Store, StoreFailed
from runner.tracking.tags import NO_PICK
from tests.helpers.project import Command
from tests.helpers.stored_report import publish
from tests.helpers.stores import runs_in
from tests.helpers.tiny import quick

FIGURES = {
    "size_bytes": 900.0,
    "zip_bytes": 800.0,
    "zip_ratio": 2.0,
    "accuracy": 0.9,
    "validation_accuracy": 0.9,
}


@pytest.fixture
def store(store_folder: Path) -> Store:
    return Store(f"sqlite:///{store_folder}/mlflow.db", "sparsity")


def _measured(run: Run) -> Run:
    run.log_metrics({f"{name}/{Target.H5}": value for name, value in FIGURES.items()})
    run.flush()
    return run


def _sweep(store: Store, **tags: str) -> Record:
    run = store.new_run(Kind.SWEEP, "s", {}, {f"runner.{name}": tags[name] for name in tags})
    run.flush()
    return store.get(run.id)


def _point(store: Store, sweep: Record, baseline: str, name: str = "p", **tags: str) -> Run:
    marks = {"runner.baseline_run_id": baseline, **{f"runner.{key}": tags[key] for key in tags}}
    return store.new_run(Kind.POINT, name, {"dataset.name": "x"}, marks, sweep.id)


def test_a_sweep_of_another_experiment_is_refused_by_its_name(store: Store) -> None:
    sweep = _sweep(store)
    elsewhere = Store(store.uri, "elsewhere")
    with pytest.raises(Refused, match="add --experiment sparsity"):
        find_sweep(elsewhere, sweep.id)


def test_a_baseline_that_is_gone_is_told_from_a_store_that_fails(store: Store) -> None:
    sweep = _sweep(store)
    _measured(_point(store, sweep, "0" * 32)).end("FINISHED")
    (decision,) = decide(read(store, sweep).rows, Limits(0.01))
    assert decision.verdict.startswith("The baseline's run is gone from the store")
    assert decision.reason.startswith("The baseline's run is gone from the store")

    def fail(_: object, __: object, statement: str, parameters: object, *___: object) -> None:
        if "0" * 32 in str(parameters):
            raise OperationalError(statement, None, OSError("disk I/O error"))

    event.listen(Engine, "before_cursor_execute", fail)
    try:
        with pytest.raises(StoreFailed):
            read(store, sweep)
    finally:
        event.remove(Engine, "before_cursor_execute", fail)


def test_points_are_counted_against_the_plan(store: Store) -> None:
    sweep = _sweep(store, points="6")
    baseline = _measured(store.new_run(Kind.BASELINE, "b", {}, {}))
    _measured(_point(store, sweep, baseline.id, "done")).end("FINISHED")
    _point(store, sweep, baseline.id, "failed").end("FAILED", "why")
    _point(store, sweep, baseline.id, "running").flush()
    *place, start = liveness.this_process().split()
    dead = " ".join([*place, str(int(start) + 1)])
    _point(store, sweep, baseline.id, "dead", process=dead).flush()
    told = sweep_facts.counted(read(store, sweep))
    assert told == "1 of 6 points done, 1 failed, 1 under way, 1 interrupted, 2 not started"


def test_points_of_a_sweep_that_ended_elsewhere_are_not_under_way(store: Store) -> None:
    sweep = _sweep(store, points="1")
    baseline = _measured(store.new_run(Kind.BASELINE, "b", {}, {}))
    _point(store, sweep, baseline.id, "p", process="somewhere boot namespace 1 1").flush()
    assert sweep_facts.counted(read(store, sweep)) == "0 of 1 points done, 1 under way"
    store.connection.set_terminated(sweep.id, "KILLED")
    ended = read(store, store.get(sweep.id))
    assert sweep_facts.counted(ended) == "0 of 1 points done, 1 interrupted"


def test_figures_of_a_pick_that_is_none_any_more_are_overwritten(store: Store) -> None:
    sweep = _sweep(store)
    baseline = _measured(store.new_run(Kind.BASELINE, "b", {"dataset.name": "x"}, {}))
    point = _measured(_point(store, sweep, baseline.id))
    point.end("FINISHED")
    publish(store, read(store, sweep))
    assert store.get(sweep.id).metrics["best_zip_ratio"] == 2
    assert store.get(point.id).tags["runner.pick"] == "true"
    assert NO_PICK not in store.get(sweep.id).tags
    store.delete(store.get(point.id))
    publish(store, read(store, store.get(sweep.id)))
    after = store.get(sweep.id).metrics
    assert after["points_done"] == 0
    assert math.isnan(after["best_zip_ratio"])
    assert store.get(sweep.id).tags[NO_PICK] == "No point has a file to ship."
    _measured(_point(store, sweep, baseline.id)).end("FINISHED")
    publish(store, read(store, store.get(sweep.id)))
    assert NO_PICK not in store.get(sweep.id).tags


@pytest.mark.long
def test_what_a_sweep_is_told_when_it_goes_on_counts(
    command: Command, npz: Path, tmp_path: Path
) -> None:
    few = ["-m", "schedule.final_sparsity=0.5", "export.targets=[h5]", *quick(npz)]
    (tmp_path / "out" / "0" / "models" / "h5.h5").mkdir(parents=True)
    assert command(*few, "hydra.sweep.dir=out").returncode == 1
    changed = ["devices=[phone,microcontroller]", "device.flash=1M", "report.max_drop=0.5"]
    again = command(*few, *changed)
    assert again.returncode == 0, again.stderr
    assert "phone: Ship h5 of " in again.stdout
    assert "microcontroller: No file that runs on a microcontroller is within 50" in again.stdout
    (sweep,) = runs_in(tmp_path, "sweep")
    assert sweep.tags["runner.command"].endswith("report.max_drop=0.5")
    asked = {"devices": ["phone", "microcontroller"], "flash": 1024**2}
    assert json.loads(sweep.tags["runner.device"]) == asked
    assert "within 50 points" in sweep.tags["mlflow.note.content"]
