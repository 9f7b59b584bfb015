"""Tiny real data, composed settings and the real command line, for every test."""

import functools
import gc
import importlib
import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock
from hydra import compose, initialize_config_dir
from omegaconf import DictConfig

from runner.escaping.log_lines import LogOutput
from runner.planning.composition import Composition
from runner.settings import Settings, secret_text
from runner.settings.paths import CONF, register
from runner.tracking.connection import Connection
from tests.helpers.composing import sweep_of
from tests.helpers.forking import HEAVY, LIGHT, ForkingServer, trap
from tests.helpers.hanging import HANGS_AFTER
from tests.helpers.project import PROJECT, Command, Compose, Configure
from tests.helpers.tiny import quick, write_npz

_OF_THE_USER = (
    *("MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_NAME", "MLFLOW_EXPERIMENT_ID", "MLFLOW_RUN_ID"),
    *("RUNNER_DATA", "HYDRA_FULL_ERROR", "NETRC", "SSL_CERT_FILE"),
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
)

# A server of MLflow else starts a process for each core and more, which all import it.
os.environ["MLFLOW_SERVER_ENABLE_JOB_EXECUTION"] = "false"


def pytest_collection_finish() -> None:
    """Leave what all tests import out of every later search for garbage, which takes 0.4 s of it.

    Keras 3 asks for such a search whenever a test begins from a clean state.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _own_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep every test away from the stores and data of whoever runs it."""
    for name in _OF_THE_USER:
        monkeypatch.delenv(name, raising=False)
    # A word of one test's address would be hidden in the texts of the next.
    monkeypatch.setattr(secret_text, "_given", set())
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def _own_output() -> Iterator[None]:
    """Keep the log of a launch in this process out of what later tests print."""
    yield
    root = logging.getLogger()
    root.handlers = [each for each in root.handlers if not isinstance(each, LogOutput)]


@pytest.fixture
def npz(tmp_path: Path) -> Path:
    """A tiny data set as a file."""
    return write_npz(tmp_path / "tiny.npz")


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all processes of the tests share."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def empty_store(shared: Path) -> Path:
    """An MLflow database without runs; to copy it saves making its tables, a second or two."""
    database = shared / "empty.db"
    with FileLock(shared / "empty.lock"):
        if not database.exists():
            Connection(f"sqlite:///{shared}/unfinished.db")
            (shared / "unfinished.db").replace(database)
    return database


@pytest.fixture
def store_folder(empty_store: Path, tmp_path: Path) -> Path:
    """The test's own folder, with an empty store."""
    shutil.copy(empty_store, tmp_path / "mlflow.db")
    return tmp_path


@pytest.fixture(scope="session")
def swept(shared: Path) -> tuple[Path, str, str]:
    """A small timed sweep of three points, run once for all; its folder and what was printed."""
    folder = shared / "swept"
    folder.mkdir(exist_ok=True)
    with FileLock(shared / "swept.lock"):
        printed = folder / "printed.json"
        if not printed.exists():
            _, *texts = _sweep_in(folder)
            printed.write_text(json.dumps(texts))
        out, err = json.loads(printed.read_text())
        return folder, out, err


def _sweep_in(folder: Path) -> tuple[Path, str, str]:
    npz = write_npz(folder / "tiny.npz")
    sweep = ["-m", "schedule.final_sparsity=0.5,0.8", "schedule.initial_sparsity=0.0,0.6"]
    command = [sys.executable, "-m", "runner", *sweep, *quick(npz)]
    command += ["measure.latency=true", "tracking.tensorboard=true"]
    done = subprocess.run(
        command, cwd=folder, env=_poor_environment(folder), capture_output=True, encoding="utf-8",
        timeout=HANGS_AFTER, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder, done.stdout, done.stderr


def _poor_environment(folder: Path) -> dict[str, str]:
    """Make an environment without a home, in a locale of ASCII, with temporary files here."""
    (folder / "temporary").mkdir(exist_ok=True)
    locale = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    here = {"PYTHONIOENCODING": "utf-8", "TMPDIR": str(folder / "temporary")}
    inherited = {name: value for name, value in os.environ.items() if name != "HOME"}
    return {**inherited, **locale, **here}


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
def tool(swept: tuple[Path, str, str], tool_in: Command) -> Command:
    """Enter a command on the small sweep by its door, in its folder: `tool("best", "latest")`."""
    return functools.partial(tool_in, swept[0])


@pytest.fixture
def tool_in(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Enter a command by its door, in any folder: `tool_in(folder, "best", "latest")`.

    Not as a process of its own: each would import MLflow again, for seconds.
    """

    def run(folder: Path, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        module = importlib.import_module(f"runner.{name}")
        monkeypatch.chdir(folder)
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


@functools.cache
def _composition() -> Composition:
    """Make what composes points as Hydra does, which reads all files anew for each."""
    return Composition(*sweep_of())


@pytest.fixture
def settings(npz: Path, tmp_path: Path) -> Configure:
    """Settings for the tiny data set, trained for a moment, with overrides."""

    def run(*overrides: str) -> Settings:
        here = f"cache.folder={tmp_path / 'cache'}"
        return _composition().settings([*quick(npz), here, *overrides])

    return run


@pytest.fixture(scope="session")
def heavy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForkingServer]:
    """A process that has imported all that a sweep and its points need."""
    server = ForkingServer(HEAVY, tmp_path_factory.mktemp("heavy"), {})
    yield server
    server.close()


@pytest.fixture(scope="session")
def light(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForkingServer]:
    """A process that has imported what a refusal needs; TensorFlow and MLflow would end it."""
    folder = tmp_path_factory.mktemp("light")
    server = ForkingServer(LIGHT, folder, trap(folder, "tensorflow", "tf_keras", "mlflow"))
    yield server
    server.close()


@pytest.fixture
def command(heavy: ForkingServer, store_folder: Path) -> Command:
    """Run the command line in the test's own folder, in a process that need not import much."""
    return _forked_from(heavy, store_folder)


@pytest.fixture
def light_command(light: ForkingServer, tmp_path: Path) -> Command:
    """Run the command line in a process that has imported neither TensorFlow nor MLflow."""
    return _forked_from(light, tmp_path)


def _forked_from(server: ForkingServer, folder: Path) -> Command:
    def run(
        *arguments: str, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return server.run(arguments, folder, {**os.environ, **(env or {})})

    return run


@pytest.fixture
def fresh_command(tmp_path: Path) -> Command:
    """Run the command line in the test's own folder as a shell does: the interpreter is new."""

    def run(
        *arguments: str, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "runner", *arguments],
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
