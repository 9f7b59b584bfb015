"""Workers run one point after the other, and every figure and byte is as in a fresh process."""

import json
from pathlib import Path

import pytest

from runner.backend import keras, make_repeatable
from runner.sweep.launchers.process_state import ProcessState
from tests.helpers.own_models import classifier, layers, save
from tests.helpers.project import PROJECT, Command
from tests.helpers.stores import artifacts_in, figures_in, runs_in
from tests.helpers.tiny import quick

WITNESS = "+hydra.callbacks.witness._target_=tests.helpers.callbacks.Witness"


@pytest.mark.long
def test_a_worker_that_has_run_others_gives_the_figures_and_bytes_of_a_fresh_process(
    command: Command, npz: Path, tmp_path: Path
) -> None:
    make_repeatable(1, 1)
    own = save(classifier(layers.Conv2D(4, 3), layers.ReLU()), tmp_path / "own.h5")
    points = [
        "{schedule.final_sparsity: 0.5}",
        "{architecture: mnist_cnn, schedule.final_sparsity: 0.6}",
        "{compress: cluster, schedule.final_sparsity: 0.7}",
        f"{{architecture: keras_file, architecture.path: {own}, schedule.final_sparsity: 0.6}}",
        "{channels.share: 0.5, schedule.final_sparsity: 0.6}",
        "{schedule.final_sparsity: 0.8}",
        # What varies images draws at random, and a model that learns from another holds both.
        "{architecture: depthwise_cnn, augment.flip: both, augment.zoom: 0.1, "
        "schedule.distill: true, schedule.final_sparsity: 0.6}",
    ]
    ways = {"kept": (points, "false"), "fresh": (points[::-1], "true")}
    figures, files, processes = {}, {}, {}
    for name, (order, fresh) in ways.items():
        seen = tmp_path / f"{name}.jsonl"
        done = command(
            "-m", *quick(npz), f"+hydra.sweeper.points=[{','.join(order)}]",
            "export.targets=[h5,tflite_float32,tflite_int8]", "compress.epochs=1",
            "channels.epochs=1", "hydra.launcher.n_jobs=1",
            f"hydra.launcher.fresh_workers={fresh}", WITNESS,
            f"+hydra.callbacks.witness.path={seen}", f"tracking.uri=sqlite:///{name}/mlflow.db",
            f"cache.folder={name}/cache", env={"PYTHONPATH": str(PROJECT)},
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        folder = tmp_path / name
        figures[name] = [figures_in(folder, kind) for kind in ("baseline", "point")]
        files[name] = [artifacts_in(folder, kind) for kind in ("baseline", "point")]
        calls = [json.loads(line) for line in seen.read_text().splitlines()]
        processes[name] = {each["pid"] for each in calls if each["call"] == "start"}
    assert figures["kept"] == figures["fresh"]
    assert files["kept"] == files["fresh"]
    assert (len(processes["kept"]), len(processes["fresh"])) == (1, len(points))


@pytest.mark.long
def test_code_of_others_and_failures_get_a_process_of_their_own(
    command: Command, npz: Path, tmp_path: Path
) -> None:
    function = "architecture: callable, architecture.target: own:network"
    (tmp_path / "own.py").write_text(
        "import tf_keras\n"
        "def network(shape, classes):\n"
        "    return tf_keras.Sequential([tf_keras.layers.Input(shape), tf_keras.layers.Flatten(),\n"
        "        tf_keras.layers.Dense(classes, activation='softmax')])\n"
    )
    points = [f"{{schedule.final_sparsity: {final}}}" for final in (0.5, 0.6, 0.7, 0.8)]
    points[1] = f"{{{function}, schedule.final_sparsity: 0.6}}"
    seen = tmp_path / "seen.jsonl"
    done = command(
        "-m", *quick(npz), f"+hydra.sweeper.points=[{','.join(points)}]", "export.targets=[h5]",
        "hydra.launcher.n_jobs=1", WITNESS, f"+hydra.callbacks.witness.path={seen}",
        "+hydra.callbacks.trouble._target_=tests.helpers.callbacks.Trouble",
        "+hydra.callbacks.trouble.fates={2: disk}", env={"PYTHONPATH": str(PROJECT)},
    )  # fmt: skip
    assert done.returncode == 1
    calls = [json.loads(line) for line in seen.read_text().splitlines()]
    started = {each["num"]: each["pid"] for each in calls if each["call"] == "start"}
    # The one that fails has changed a limit of its process.
    assert len({started[number] for number in range(4)}) == 4
    assert [run.status for run in runs_in(tmp_path, "point")].count("FINISHED") == 3


def test_a_process_that_is_another_one_than_it_was_takes_no_other_job(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = ProcessState.of_this_process()
    assert ProcessState.of_this_process().allows_more_than(first)
    assert not ProcessState(first.settings, 2 * first.memory).allows_more_than(first)
    with monkeypatch.context() as change:
        change.setenv("RUNNER_TEST_VARIABLE", "told")
        assert not ProcessState.of_this_process().allows_more_than(first)
    with monkeypatch.context() as change:
        change.setitem(keras.utils.get_custom_objects(), "Own", object)
        assert not ProcessState.of_this_process().allows_more_than(first)
    with monkeypatch.context() as change:
        change.chdir("/")
        assert not ProcessState.of_this_process().allows_more_than(first)
    assert ProcessState.of_this_process().allows_more_than(first)
