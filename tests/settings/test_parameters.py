import yaml

from runner.settings.parameters import (
    as_yaml,
    baseline_parameters,
    point_parameters,
    sweep_parameters,
)
from tests.helpers.project import Configure


def test_every_setting_is_flat_and_as_typed(settings: Configure) -> None:
    flat = point_parameters(settings("schedule.initial_sparsity=0.0", "schedule.epochs=1"))
    assert flat["schedule.initial_sparsity"] == "0.0"
    assert flat["schedule.epochs"] == "1"
    assert flat["baseline.shuffle"] == "true"
    assert flat["dataset.folder"] == "null"
    assert flat["schedule.dense_layers"] == "[]"
    assert flat["export.targets"] == "[h5,tflite_float32,tflite_float16,tflite_dynamic,tflite_int8]"
    assert not any(name.startswith("sweep.") for name in flat)


def test_a_baseline_knows_nothing_of_pruning(settings: Configure) -> None:
    params = baseline_parameters(settings("export.batch=null"))
    assert not any(name.startswith("schedule.") for name in params)
    assert params["export.batch"] == "null"


def test_a_sweep_lists_the_values_that_vary(settings: Configure) -> None:
    points = [settings(f"schedule.final_sparsity={value}") for value in (0.6, 0.8)]
    params = sweep_parameters(points)
    assert params["schedule.final_sparsity"] == "0.6,0.8"
    assert params["schedule.epochs"] == "2"


def test_passwords_stay_out_of_the_store(settings: Configure) -> None:
    tracked = settings("tracking.uri=postgresql://me:secret@db/x")
    assert "secret" not in str(point_parameters(tracked))
    assert "secret" not in as_yaml(tracked)
    assert yaml.safe_load(as_yaml(tracked))["tracking"]["uri"] == "postgresql://me:***@db/x"
