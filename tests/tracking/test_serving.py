"""The champion, where MLflow's own server serves it, and where the store is such a server."""

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pytest

from runner.data import dataset
from runner.settings import DatasetSettings
from runner.tracking import Kind, Record, Store
from tests.helpers.litert import by_litert
from tests.helpers.mlflow_server import ask, listening, tracking_server
from tests.helpers.project import Command
from tests.helpers.stores import file_of, runs_in, store_in

pytestmark = pytest.mark.long


def test_mlflow_serves_the_champion_of_real_images(
    command: Command, tool_in: Command, tmp_path: Path
) -> None:
    sweep = ["schedule.final_sparsity=0.5,0.6", "export.targets=[h5,tflite_int8]"]
    done = command("-m", *sweep, "schedule.epochs=2")
    assert done.returncode == 0, done.stderr
    test = dataset.load(DatasetSettings(name="digits", validation_share=0.1), tmp_path).test
    values = _promoted(tool_in, tmp_path, "--target", "tflite_int8")
    assert values["name"] == "digits-lenet_300_100"
    point = store_in(tmp_path).get(values["run_id"])
    expected = by_litert(file_of(tmp_path, point, "models/tflite_int8.tflite"), test.images[:])
    serve = ["models", "serve", "-m", values["uri"], "--env-manager", "local"]
    env = {"MLFLOW_TRACKING_URI": store_in(tmp_path).uri}
    with listening(serve, "/ping", tmp_path, env) as port:
        for key in ("instances", "inputs"):
            status, answer = ask(port, "/invocations", json.dumps({key: test.images[:].tolist()}))
            assert status == 200, answer
            given = np.array(json.loads(answer)["predictions"], np.float32)
            np.testing.assert_array_equal(given, expected)
            assert np.mean(given.argmax(axis=1) == test.labels) > 0.9
        _assert_wrong_requests_are_refused(port, test.images[:1])
        image = json.dumps({"inputs": test.images[:1].tolist()})
        with ThreadPoolExecutor(50) as threads:
            answers = set(threads.map(lambda _: ask(port, "/invocations", image), range(500)))
        ((status, answer),) = answers
        assert (status, np.shape(json.loads(answer)["predictions"])) == (200, (1, 10))


def _assert_wrong_requests_are_refused(port: int, image: np.ndarray) -> None:
    """Ask for what gets no probabilities: the answer is JSON of one line, without a traceback."""
    right = json.dumps(image.tolist())
    first = right.replace("[", "").split(",")[0]
    numbers = ("NaN", "Infinity", "-Infinity", "null", '"1"', "1e999", "1e39", "2.0", "-1.0")
    wrong = [right.replace(first, number, 1) for number in numbers]
    wrong += ["[]", "null", '"x"', "1", "[[1, 2], [3]]", json.dumps((image > 0).tolist())]
    bodies = [f'{{"{key}": {numbers}}}' for key in ("inputs", "instances") for numbers in wrong]
    bodies += ['{"dataframe_split": {"data": [[1, null]]}}', '{"dataframe_records": [{"a": NaN}]}']
    bodies += ["", "{", "[1]", "{}", '{"inputs": [1], "instances": [1]}']
    bodies += [json.dumps({"inputs": image.tolist(), "params": {"scale": "bright"}})]
    for body in bodies:
        status, answer = ask(port, "/invocations", body or " ")
        assert status == 400, (body, answer)
        assert "\n" not in answer
        values = json.loads(answer)
        assert "stack_trace" not in values
        assert "Traceback" not in values["message"]


def test_it_works_with_a_server(
    folder: Path,
    images: np.ndarray,
    tool_in: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with tracking_server(tmp_path, folder / "mlflow.db") as port:
        address = f"http://127.0.0.1:{port}"
        monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
        _sent_to(Store(address, "other"), folder)
        asked = ["--experiment", "other", "--target", "tflite_int8", "--name", "far"]
        values = _promoted(tool_in, elsewhere, *asked)
        assert not _promoted(tool_in, elsewhere, *asked)["changed"]
        assert not list(elsewhere.iterdir())
        source = mlflow.MlflowClient().get_model_version("far", values["version"]).source
        assert source.startswith("mlflow-artifacts:/")
        given = mlflow.pyfunc.load_model(values["uri"]).predict(images)
    assert given.shape == (len(images), 3)


def _promoted(tool_in: Command, folder: Path, *arguments: str) -> dict[str, Any]:
    done = tool_in(folder, "promote", "latest", "--max-drop", "1", "--json", *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    values: dict[str, Any] = json.loads(done.stdout)
    return values


def _sent_to(store: Store, folder: Path) -> None:
    """Log a sweep of one point, as it is in the folder's store, to another store."""
    (baseline,) = runs_in(folder, "baseline")
    copied = _copied(store, baseline, Kind.BASELINE, baseline.tags)
    sweep = _copied(store, runs_in(folder, "sweep")[0], Kind.SWEEP, {"runner.sweep": "s"})
    point = runs_in(folder, "point")[0]
    run = store.new_run(
        Kind.POINT, "p", point.params, {"runner.baseline_run_id": copied}, parent=sweep
    )
    run.log_metrics(point.metrics)
    run.log_file(file_of(folder, point, "models/tflite_int8.tflite"), "models")
    run.end("FINISHED")


def _copied(store: Store, record: Record, kind: Kind, tags: Mapping[str, str]) -> str:
    kept = {name: value for name, value in tags.items() if name.startswith("runner.")}
    run = store.new_run(kind, record.name, record.params, kept)
    run.log_metrics(record.metrics)
    run.end("FINISHED")
    return run.id
