import sys
from pathlib import Path

import pytest

from benchmarks import training_table
from runner.settings import ScheduleSettings, Settings
from runner.settings.parameters import point_parameters
from runner.tracking import Kind, Store
from runner.tracking.tags import BASELINE_RUN_ID, SWEEP

SCHEDULES = {
    (): (0.90, 0.92),
    (("distill", True),): (0.91, 0.92),
    (("epochs", 12),): (0.95, 0.96),
}


def _store(folder: Path) -> None:
    store = Store(f"sqlite:///{folder}/mlflow.db", "sparsity")
    sweep = store.new_run(Kind.SWEEP, "distillation", {}, {SWEEP: "distillation"})
    for changes, accuracies in SCHEDULES.items():
        for seed, accuracy in enumerate(accuracies):
            schedule = ScheduleSettings.model_validate({"epochs": 4, **dict(changes)})
            params = point_parameters(Settings(seed=seed, schedule=schedule))
            baseline = store.new_run(Kind.BASELINE, "baseline", {}, {})
            point = store.new_run(Kind.POINT, "p", params, {BASELINE_RUN_ID: baseline.id}, sweep.id)
            for run, share in ((baseline, 0.98), (point, accuracy)):
                figures = {"accuracy/h5": share, "validation_accuracy/h5": share - 0.1}
                with run.closing():
                    run.log_metrics(figures)
    with sweep.closing():
        pass


def test_each_setting_is_compared_with_the_default_of_the_same_seed(
    store_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _store(store_folder)
    monkeypatch.setattr(sys, "argv", ["training_table", "latest"])
    with pytest.raises(SystemExit) as left:
        training_table.main()
    assert left.value.code == 0
    title, *_, _, plain, distilled, longer = capsys.readouterr().out.splitlines()
    assert title == "## What settings of training bring"
    assert plain == "| as by default | 2 | 98.00% | 81.00% | 91.00% |  |  |"
    change = "+0.50 (+0.00 to +1.00)"
    assert distilled.startswith("| distill=true distill_weight=0.5 distill_temperature=1.0 | 2 |")
    assert distilled.endswith(f"| 81.50% | 91.50% | {change} | {change} |")
    assert longer.startswith("| epochs=12 | 2 |")
    assert longer.endswith("| 95.50% | +4.50 (+4.00 to +5.00) | +4.50 (+4.00 to +5.00) |")
