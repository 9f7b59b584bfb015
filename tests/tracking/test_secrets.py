"""What is secret in the store's address stands in no output, file or folder of a command."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from mlflow import MlflowClient

from tests.helpers.hanging import HANGS_AFTER, wait_until
from tests.helpers.processes import end_tree, free_port
from tests.helpers.project import Command
from tests.helpers.tiny import quick

WORD = "S3cr3tWord"
# Nothing listens there.
CLOSED = f"http://me:{WORD}@127.0.0.1:9"
ADDRESSES = (
    f"ftp://me:{WORD}@host/x",
    f"me:{WORD}@host/x",
    f"ftp://{WORD}@host:99999x/",
    f"nothing://me:{WORD}/x@host",
)


def _found(folder: Path, done: "subprocess.CompletedProcess[str]") -> list[str]:
    """Name the places below a folder, and among the outputs, in which the secret stands."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    found = [str(path) for path in files if WORD.encode() in path.read_bytes()]
    found += [str(path) for path in folder.rglob("*") if WORD in path.name]
    outputs = {"stdout": done.stdout, "stderr": done.stderr}
    return found + [f"{name}: {text}" for name, text in outputs.items() if WORD in text]


def test_a_refusal_shows_no_secret(light_command: Command, tmp_path: Path) -> None:
    first, second, third, fourth = ADDRESSES
    for arguments in (
        [f"tracking.uri='{first}'"],
        ["-m", f"tracking.uri='{second}'", "seed=1,2"],
        [f"tracking.uri='{third}"],
        [f"tracking.url='{first}'"],
        [f"hydra.sweeper.params={{tracking.uri: \"'{third}'\"}}", "-m"],
        [f"tracking.uri='{fourth}'", "--cfg", "job"],
    ):
        done = light_command(*arguments)
        assert "Traceback" not in done.stderr
        assert done.returncode == (0 if "--cfg" in arguments else 2), done.stderr
        assert _found(tmp_path, done) == []


def test_nor_does_what_hydra_writes_of_a_point_and_of_a_sweep(
    command: Command, npz: Path, tmp_path: Path
) -> None:
    _refuse(command, npz, tmp_path, f"tracking.uri={CLOSED}")
    _refuse(command, npz, tmp_path, *_settings_in_files(tmp_path.parent / "mine"))
    (point,) = tmp_path.glob("outputs/*/*/.hydra/config.yaml")
    (sweep,) = tmp_path.glob("multirun/*/*/multirun.yaml")
    for path in (point, sweep):
        assert "uri: http://me:***@127.0.0.1:9" in path.read_text()


@pytest.mark.long
def test_nor_does_it_of_other_addresses(command: Command, npz: Path, tmp_path: Path) -> None:
    _refuse(command, npz, tmp_path, "-m", f"tracking.uri={CLOSED}", "seed=1,2")
    for place in (f"postgresql://me:x/{WORD}@host/x", f"http://me:{WORD}, x@127.0.0.1:9"):
        _refuse(command, npz, tmp_path, f"tracking.uri='{place}'")
    _refuse(command, npz, tmp_path, f"++hydra.job.env_set={{MLFLOW_TRACKING_URI: '{CLOSED}'}}")


def _refuse(command: Command, npz: Path, folder: Path, *arguments: str) -> None:
    done = command(*arguments, *quick(npz), env={"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0"})
    assert done.returncode == 2, done.stderr
    assert "not usable" in done.stderr
    assert _found(folder, done) == []


@pytest.mark.long
def test_a_masked_command_works_with_the_address_in_the_environment(
    command: Command, npz: Path
) -> None:
    shown = "tracking.uri='http://me:***@127.0.0.1:9'"
    done = command(shown, *quick(npz), env={"MLFLOW_TRACKING_URI": ""})
    assert done.returncode == 2
    assert "the stars stand for a secret; set MLFLOW_TRACKING_URI" in done.stderr
    env = {"MLFLOW_TRACKING_URI": CLOSED, "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0"}
    assert "not usable" in command(shown, *quick(npz), env=env).stderr


@pytest.mark.parametrize("name", ["best", "report.__main__", "promote"])
def test_nor_do_the_commands_on_finished_sweeps(
    tool_in: Command, tmp_path: Path, name: str
) -> None:
    for arguments in (
        [f"--tracking-uri=ftp://me:{WORD}@host"],
        ["--tracking-uri", f"http://me:{WORD}@127.0.0.1:9"],
        ["--tracking-uri", f"postgresql://me:x/{WORD}@127.0.0.1:9"],
        [f"--tracking_uri=http://me:{WORD}@host"],
    ):
        done = tool_in(tmp_path, name, "latest", *arguments)
        assert done.returncode == 2
        assert _found(tmp_path, done) == []


def _settings_in_files(folder: Path) -> list[str]:
    """Write a user's own sweep, which names the store; returns the arguments that choose it."""
    (folder / "sweep").mkdir(parents=True)
    (folder / "sweep" / "mine.yaml").write_text(
        "# @package _global_\n"
        f"tracking:\n  uri: {CLOSED}\n"
        f"hydra:\n  sweeper:\n    params:\n      seed: 1,2\n      tracking.uri: \"'{CLOSED}'\"\n"
        f"    points:\n      - schedule.epochs: 3\n        tracking.uri: {CLOSED}\n"
        f"  job:\n    env_set:\n      MLFLOW_TRACKING_URI: {CLOSED}\n"
    )
    return ["-m", "--config-dir", str(folder), "+sweep=mine"]


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """MLflow's own server; its address has a password, which it does not ask for."""
    folder, port = tmp_path_factory.mktemp("server"), free_port()
    arguments = ["--backend-store-uri", f"sqlite:///{folder}/mlflow.db", "--port", str(port)]
    arguments += ["--artifacts-destination", str(folder / "files"), "--workers", "1"]
    process = subprocess.Popen(
        [sys.executable, "-m", "mlflow", "server", *arguments],
        cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    wait_until(lambda: (folder / "mlflow.db").is_file() and _answers(port), "the server")
    yield f"http://me:{WORD}@127.0.0.1:{port}"
    end_tree(process)


def _answers(port: int) -> bool:
    asked = ["curl", "-sf", "-o", os.devnull, f"http://127.0.0.1:{port}/health"]
    return subprocess.run(asked, check=False).returncode == 0


@pytest.mark.long
def test_nor_does_a_sweep_that_works_or_fails(
    server: str, command: Command, npz: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    few = [*quick(npz), "export.targets=[h5,tflite_float32]"]
    own = tmp_path.parent / "own"
    joblib = ["runner", "-m", "seed=1", f"tracking.uri={server}", "hydra/launcher=joblib"]
    done = _ran(tmp_path, *joblib, *few)
    assert done.returncode == 0, done.stdout + done.stderr
    assert _found(tmp_path, done) == []
    for arguments, code in (
        (["-m", "seed=4", f"tracking.uri={server}", "hydra.launcher.timeout_minutes=0.0001"], 1),
        ([f"tracking.uri={server}"], 0),
    ):
        done = command(*arguments, *few)
        assert done.returncode == code, done.stdout + done.stderr
        assert _found(tmp_path, done) == []
    text = Path(_settings_in_files(own)[2], "sweep", "mine.yaml").read_text()
    (own / "sweep" / "mine.yaml").write_text(text.replace(CLOSED, server))
    done = command("-m", "--config-dir", str(own), "+sweep=mine", *few)
    assert done.returncode == 0, done.stdout + done.stderr
    assert _found(tmp_path, done) == []
    for tool in (["runner.report"], ["runner.best", "--max-drop", "1"]):
        done = _ran(tmp_path, *tool, "latest", "--tracking-uri", server)
        assert done.returncode == 0, done.stdout + done.stderr
        assert _found(tmp_path, done) == []
    # What the server itself was sent.
    client = MlflowClient(server)
    runs = client.search_runs(["1"])
    assert len(runs) > 8
    for run in runs:
        assert WORD not in str(run.data.tags) + str(run.data.params)
        folder = client.download_artifacts(run.info.run_id, "", str(tmp_path))
        assert _found(Path(folder), done) == []


@pytest.mark.long
def test_nor_does_a_night(
    server: str, npz: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    few = shlex.join([*quick(npz), "export.targets=[h5]", f"tracking.uri={server}"])
    own = tmp_path.parent / "night.yaml"
    values = {"uri": server, "folder": str(tmp_path / "nights"), "on_good": f"false {server}"}
    own.write_text(json.dumps({**values, "sweeps": [few]}))
    for command in ([], ["status"], ["accept"], ["clean", "--dry-run"]):
        done = _ran(tmp_path, "runner.nightly", "--config", str(own), *command)
        assert done.returncode == 0, done.stdout + done.stderr
        assert _found(tmp_path, done) == []
    assert "1 of 1 points done" in (tmp_path / "nights" / "nightly.txt").read_text()
    own.write_text(json.dumps({**values, "sweeps": [f"{few}x"]}))
    done = _ran(tmp_path, "runner.nightly", "--config", str(own))
    assert "the stars stand for a secret" in done.stdout
    assert _found(tmp_path, done) == []


@pytest.mark.long
def test_nor_does_a_fault(npz: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "import os\n\ndef model(shape, classes):\n"
        "    raise OSError('no ' + os.environ['MLFLOW_TRACKING_URI'])\n"
    )
    mine = ["architecture=callable", "architecture.target=mine:model", *quick(npz)]
    for full in ("0", "1"):
        env = {"MLFLOW_TRACKING_URI": CLOSED, "HYDRA_FULL_ERROR": full}
        done = subprocess.run(
            [sys.executable, "-m", "runner", *mine], cwd=tmp_path, env={**os.environ, **env},
            capture_output=True, text=True, check=False, timeout=HANGS_AFTER,
        )  # fmt: skip
        assert done.returncode != 0
        assert "no http://me:***@127.0.0.1:9" in done.stderr
        (tmp_path / "mine.py").touch()
        assert _found(tmp_path, done) == []


def _ran(folder: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True,
        check=False, timeout=HANGS_AFTER,
    )  # fmt: skip
