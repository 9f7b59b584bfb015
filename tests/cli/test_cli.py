"""What the command line says before any work: refusals and help."""

import re
from pathlib import Path

import pytest

from benchmarks.refusals import GRID, count_refusal
from tests.helpers.forking import trap
from tests.helpers.project import Command


@pytest.fixture
def no_tensorflow(tmp_path: Path) -> dict[str, str]:
    """An environment in which importing TensorFlow or MLflow ends the process."""
    return trap(tmp_path, "tensorflow", "tf_keras", "mlflow")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["schedule.final_sparsity=1.2"], "schedule.final_sparsity=1.2: must be a number from 0"),
        (["schedule.initial_sparsity=0.9"], "must be at most schedule.final_sparsity=0.8"),
        (["schedule.foo=1"], "schedule.foo: no such setting; schedule has name, initial_sparsity"),
        (["dataset.folder=x"], "dataset.folder: no such setting with this choice of dataset"),
        (["dataset=nope"], "dataset=nope: must be one of cifar10, digits, "),
        (["+sweep=nope"], "sweep=nope: must be one of channels, "),
        (["nonsense"], "nonsense"),
        (["dataset=null"], "must be"),
        (["schedule.final_sparsity=${nope}"], "Interpolation key 'nope' not found"),
        (["sweep=smoke"], "sweep=smoke: a sweep is added with a plus: +sweep=smoke"),
        (["hydra.run.dir=/proc/x"], "/proc/x"),
        (["dataset=npz", f"dataset.path={'x' * 300}"], "File name too long"),
        (["cache.folder=/proc/nope"], "cache.folder=/proc/nope: must be a folder to write into"),
        (["architecture.name=vgg"], "architecture.name=vgg: must be one of lenet_300_100"),
        (["-m", "tracking.experiment=a,b"], "tracking: takes one value for a whole sweep"),
        (["-m", "hydra.sweeper.points=abc"], "hydra.sweeper.points=abc: must be a list of groups"),
        (
            ["hydra.launcher.njobs=2"],
            "hydra.launcher.njobs: no such setting; hydra.launcher has n_",
        ),
        (["-m", "hydra.launcher.n_jobs=0"], "hydra.launcher.n_jobs=0: must be a whole number of"),
        (
            ["-m", "hydra/launcher=ray", "hydra.launcher.address=ray://head:10001"],
            "must be auto, HOST:PORT or null: Ray's client, which other",
        ),
        (
            ["-m", "hydra/launcher=ray", "hydra.launcher.memory=0"],
            "hydra.launcher.memory=0: must be a positive number of GB, or null",
        ),
        (["-m", "sweep.retries=-1"], "sweep.retries=-1: must be a whole number of at least 0"),
        (["-m", "threads=1,2"], "threads: takes one value for a whole sweep"),
        (["-m", "device=phone,microcontroller"], "in brackets, as in devices=[phone,micro"),
        (["device=phone,microcontroller"], "in brackets, as in devices=[phone,microcontroller]"),
        (["-m", "devices=phone,microcontroller"], "in brackets, as in devices=[phone,microcontr"),
        (["devices=phone,microcontroller"], "in brackets, as in devices=[phone,microcontroller]"),
        (["device.own={ms: 5}"], "device.own={ms: 5}: must be empty without a measure.command"),
        (["+sweep=sparsity", "seed=range(0,10)", "schedule.final_sparsity=0.6,1.5"], "=1.5: must"),
        (["architecture=fashion_cnn"], "takes images of at least 16x16 pixels; dataset=digits"),
        (["schedule.dense_layers=[conv]"], "conv is no layer that lenet_300_100 prunes; it prunes"),
        (["dataset=npz", "dataset.path=absent.npz"], "absent.npz: no such file"),
        (["dataset=mnist", "dataset.folder=absent"], "absent: no such folder"),
        (["dataset=npz", "dataset.path=a=b.npz"], "dataset.path=a=b.npz: mismatched input '='"),
        (["dataset=npz", "dataset.path=a=b.npz"], "a value with such characters stands in quotes"),
        (["tracking.uri=mlruns"], "tracking.uri=mlruns: must be sqlite:///FILE"),
        (["+sweep=smoke,sparsity"], "+sweep=smoke,sparsity: takes one sweep"),
        (["+sweep=glob(*)"], "+sweep=glob(*): takes one sweep"),
        (["+sweep=smoke", "schedule.final_sparsity=0.5,1.5"], "schedule.final_sparsity=1.5: must"),
        (["-m", "schedule.initial_sparsity=0.85,0.9"], "no point of the sweep is possible"),
    ],
)
def test_a_refusal_is_one_line_before_any_work(
    light_command: Command,
    no_tensorflow: dict[str, str],
    tmp_path: Path,
    arguments: list[str],
    line: str,
) -> None:
    done = light_command(*arguments, env=no_tensorflow)
    assert done.returncode == 2, done.stderr
    assert line in done.stderr
    assert done.stderr.startswith("runner: ")
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""
    # Nothing else takes long here, so this is why a refusal comes fast.
    assert not list((tmp_path / "trap").glob("*/imported"))
    assert not (tmp_path / "mlflow.db").exists()


def test_a_new_interpreter_refuses_in_the_same_way(
    fresh_command: Command, no_tensorflow: dict[str, str], tmp_path: Path
) -> None:
    done = fresh_command("schedule.final_sparsity=1.2", env=no_tensorflow)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "runner: schedule.final_sparsity=1.2: must be a number from 0 up to, but below, 1\n"
    )
    assert not list((tmp_path / "trap").glob("*/imported"))


def test_a_wrong_value_is_refused_before_all_of_a_large_grid_is_composed() -> None:
    counts = count_refusal(GRID)
    assert counts["heavy"] == []
    # Each of 12 + 10 values once, not each of 120 points, and the sweep's own configuration.
    assert counts["compositions"] <= 12 + 10 + 2


def test_tracebacks_can_be_asked_for(light_command: Command) -> None:
    done = light_command("schedule=nope", env={"HYDRA_FULL_ERROR": "1"})
    assert "Traceback" in done.stderr


def test_help_names_groups_sweeps_and_settings(
    light_command: Command, no_tensorflow: dict[str, str]
) -> None:
    done = light_command("--help", env=no_tensorflow)
    assert done.returncode == 0
    assert "dataset       cifar10 digits fashion_mnist image_folder mnist npz" in done.stdout
    assert re.search(r"^  sparsity +12 runs$", done.stdout, re.MULTILINE)
    assert re.search(r"^  smoke +2 runs$", done.stdout, re.MULTILINE)
    assert "final_sparsity" in done.stdout


def test_hydras_own_options_work(light_command: Command) -> None:
    done = light_command("--cfg", "job", "schedule.epochs=7")
    assert done.returncode == 0
    assert "epochs: 7" in done.stdout
