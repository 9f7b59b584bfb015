"""Tiny real data, composed settings and the real command line, for every test."""

import importlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import psutil
import pytest
import yaml
from filelock import FileLock
from hydra import compose, initialize_config_dir
from omegaconf import DictConfig

from runner.settings import Settings, from_hydra
from runner.settings.paths import CONF, register
from runner.settings.targets import Target
from runner.tracking import Record, Store
from tests.hanging import HANGS_AFTER

PROJECT = Path(__file__).parents[1]
# The targets that a run exports unasked.
STANDARD = tuple(
    map(Target, yaml.safe_load((CONF / "export" / "standard.yaml").read_text())["targets"])
)

Compose = Callable[..., DictConfig]
Configure = Callable[..., Settings]
Command = Callable[..., subprocess.CompletedProcess[str]]


def write_npz(path: Path, images: int = 120, side: int = 8, classes: int = 3) -> Path:
    """Write a data set that a small model learns in a moment: each class lights its own rows."""
    draw = np.random.default_rng(0)
    labels = np.arange(images, dtype=np.uint8) % classes
    pixels = draw.integers(0, 40, (images, side, side), dtype=np.uint8)
    for label in range(classes):
        pixels[labels == label, label * 2 : label * 2 + 2] += 200
    half = images * 3 // 4
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(
        path,
        x_train=pixels[:half],
        y_train=labels[:half],
        x_test=pixels[half:],
        y_test=labels[half:],
    )
    return path


def store_in(folder: Path) -> Store:
    """Open the store that the command line left in a folder."""
    return Store(f"sqlite:///{folder}/mlflow.db", "sparsity")


def runs_in(folder: Path, kind: str) -> list[Record]:
    """Find the runs of one kind there."""
    return store_in(folder).find(f"tags.`runner.kind` = '{kind}'")


def figures_in(folder: Path, kind: str) -> dict[str, dict[str, float]]:
    """Read what runs of one kind came out as, by name; how long they took is another matter."""
    return {
        run.name: {
            name: value
            for name, value in sorted(run.metrics.items())
            if not name.startswith("seconds/")
        }
        for run in sorted(runs_in(folder, kind), key=lambda run: run.name)
    }


def file_of(folder: Path, run: Record, artifact: str) -> Path:
    """Find an artifact of a run there."""
    return Path(store_in(folder).local_file(run, artifact))


def free_port() -> int:
    """Find a port that nothing listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def end_tree(process: "subprocess.Popen[bytes]") -> None:
    """Kill a process and everything that it has started."""
    if process.poll() is None:
        for child in psutil.Process(process.pid).children(recursive=True):
            child.kill()
        process.kill()
        process.wait()


@pytest.fixture(autouse=True)
def _own_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep every test away from the stores and data of whoever runs it."""
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_RUN_ID", "RUNNER_DATA", "HYDRA_FULL_ERROR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def npz(tmp_path: Path) -> Path:
    """A tiny data set as a file."""
    return write_npz(tmp_path / "tiny.npz")


@pytest.fixture(scope="session")
def swept(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> tuple[Path, str, str]:
    """A small timed sweep of three points, run once for all; its folder and what was printed."""
    if worker_id == "master":
        return _sweep_in(tmp_path_factory.mktemp("swept"))
    # Beside the folders of the single test processes, which share it.
    folder = tmp_path_factory.getbasetemp().parent / "swept"
    folder.mkdir(exist_ok=True)
    with FileLock(folder / "lock"):
        printed = folder / "printed.json"
        if not printed.exists():
            _, *texts = _sweep_in(folder)
            printed.write_text(json.dumps(texts))
        out, err = json.loads(printed.read_text())
        return folder, out, err


def _sweep_in(folder: Path) -> tuple[Path, str, str]:
    npz = write_npz(folder / "tiny.npz")
    sweep = ["-m", "schedule.final_sparsity=0.5,0.8", "schedule.initial_sparsity=0.0,0.6"]
    command = [sys.executable, "-m", "runner", *sweep, *quick(npz), "measure.latency=true"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=HANGS_AFTER, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder, done.stdout, done.stderr


@pytest.fixture
def folder(swept: tuple[Path, str, str]) -> Path:
    """The folder of the small sweep."""
    return swept[0]


@pytest.fixture
def images(folder: Path) -> np.ndarray:
    """The test images of the small sweep."""
    return np.asarray(
        np.load(folder / "tiny.npz")["x_test"][..., None] / np.float32(255), np.float32
    )


@pytest.fixture
def labels(folder: Path) -> np.ndarray:
    """Their labels."""
    return np.asarray(np.load(folder / "tiny.npz")["y_test"])


@pytest.fixture
def tool(
    swept: tuple[Path, str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Command:
    """Enter a command on the small sweep by its door, in its folder: `tool("best", "latest")`.

    Not as a process of its own: each would import MLflow again, for seconds.
    """

    def run(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        module = importlib.import_module(f"runner.{name}")
        monkeypatch.chdir(swept[0])
        monkeypatch.setattr(sys, "argv", [str(module.__file__), *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            module.main()
        out, err = capsys.readouterr()
        return subprocess.CompletedProcess(arguments, int(str(left.value.code or 0)), out, err)

    return run


@pytest.fixture
def composed() -> Compose:
    """Compose the shipped configuration with overrides."""

    def run(*overrides: str) -> DictConfig:
        register()
        with initialize_config_dir(version_base="1.3", config_dir=str(CONF)):
            return compose("config", list(overrides))

    return run


@pytest.fixture
def settings(composed: Compose, npz: Path, tmp_path: Path) -> Configure:
    """Settings for the tiny data set, trained for a moment, with overrides."""

    def run(*overrides: str) -> Settings:
        return from_hydra(composed(*quick(npz), f"cache.folder={tmp_path / 'cache'}", *overrides))

    return run


def quick(npz: Path) -> list[str]:
    """Choose the tiny data set and as little training as shows anything."""
    return [
        "dataset=npz",
        f"dataset.path={npz}",
        "baseline.epochs=3",
        "baseline.learning_rate=0.01",
        "schedule.epochs=2",
        "baseline.batch_size=8",
        "schedule.batch_size=8",
        "export.representative_images=20",
    ]


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """Run the real command line in the test's own folder."""

    def run(
        *arguments: str, python: str = sys.executable, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [python, "-m", "runner", *arguments],
            cwd=tmp_path,
            env={**os.environ, **(env or {})},
            capture_output=True,
            text=True,
            check=False,
            timeout=HANGS_AFTER,
        )

    return run


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder with mnist.npz and fashion_mnist.npz; the test is skipped where it is absent."""
    folder = Path(os.environ.get("RUNNER_DATA") or PROJECT.parent / "shared" / "data")
    if not (folder / "mnist.npz").is_file():
        pytest.skip(f"no real images: {folder / 'mnist.npz'} is absent; set RUNNER_DATA")
    return folder.resolve()
