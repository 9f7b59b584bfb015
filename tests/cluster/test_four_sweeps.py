"""Four sweeps at once on one store with passwords: nothing is lost, and no figure differs."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from runner.tracking import Record, Store
from runner.tracking.record import Kind
from tests.cluster.postgres import SharedStore, require_postgres, shared_store
from tests.cluster.this_machine import ThisMachine
from tests.helpers.hanging import HANGS_AFTER
from tests.helpers.processes import end_tree, free_port
from tests.helpers.stores import store_in
from tests.helpers.tiny import quick, write_npz

pytestmark = pytest.mark.cluster

SPARSITIES = ["0.5,0.53,0.56,0.6", "0.65,0.7,0.72,0.75", "0.8,0.82,0.85,0.9", "0.92,0.93,0.94,0.96"]
FEW = ["baseline.epochs=1", "schedule.epochs=1", "export.targets=[h5,tflite_dynamic]"]
LOGIN = {"MLFLOW_TRACKING_USERNAME": "ann", "MLFLOW_TRACKING_PASSWORD": "not-a-secret-1"}
WRONG = {"MLFLOW_TRACKING_PASSWORD": "wrong-password"}
# Without the last line, each request costs the check of a password: 0.07 s of a core.
_CONFIGURATION = """
[mlflow]
default_permission = NO_PERMISSIONS
database_uri = sqlite:///{folder}/users.db
admin_username = ann
admin_password = not-a-secret-1
authorization_function = mlflow.server.auth:authenticate_request_basic_auth
auth_cache_ttl_seconds = 600
"""
_OWN_FOLDERS = {"HOME": "home", "XDG_CACHE_HOME": "cache", "TMPDIR": "tmp"}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedStore]:
    require_postgres()
    folder = tmp_path_factory.mktemp("servers")
    file = folder / "users.ini"
    file.write_text(_CONFIGURATION.format(folder=folder))
    env = {"MLFLOW_AUTH_CONFIG_PATH": str(file), "MLFLOW_FLASK_SERVER_SECRET_KEY": "any"}
    with shared_store(
        ThisMachine(folder), free_port(), free_port(), "--app-name", "basic-auth", **env
    ) as store:
        yield store


@pytest.fixture(scope="module")
def swept(shared: SharedStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four sweeps at once, each in a folder of its own."""
    folder = tmp_path_factory.mktemp("swept")
    npz = write_npz(folder / "tiny.npz")
    begun: list[subprocess.Popen[bytes]] = []
    try:
        for number, values in enumerate(SPARSITIES):
            own = folder / str(number)
            begun.append(_start(own, npz, values, 4, MLFLOW_TRACKING_URI=shared.server, **LOGIN))
        for number, process in enumerate(begun):
            output = folder / str(number) / "out.txt"
            assert process.wait(HANGS_AFTER) == 0, output.read_text()
    finally:
        for process in begun:
            end_tree(process)
    return folder


@pytest.fixture
def store(shared: SharedStore, monkeypatch: pytest.MonkeyPatch) -> Store:
    for name, value in LOGIN.items():
        monkeypatch.setenv(name, value)
    return Store(shared.server, "sparsity")


def test_nothing_is_lost_and_no_figure_differs(
    swept: Path, shared: SharedStore, store: Store
) -> None:
    twin = _start(swept / "twin", swept / "tiny.npz", ",".join(SPARSITIES), 2)
    assert twin.wait(HANGS_AFTER) == 0, (swept / "twin/out.txt").read_text()
    quiet = store_in(swept / "twin")
    assert _points(store) == _points(quiet)
    sweeps = store.of_kind(Kind.SWEEP)
    assert [(sweep.status, len(store.children(sweep.id))) for sweep in sweeps] == [
        ("FINISHED", 4)
    ] * 4
    with psycopg.connect(shared.database) as database:
        deadlocks = database.execute("SELECT sum(deadlocks) FROM pg_stat_database").fetchone()
    assert deadlocks == (0,)


def test_the_commands_take_the_password(swept: Path, shared: SharedStore, store: Store) -> None:
    best = ["best", "latest", "--max-drop", "1", "--output", "model.tflite"]
    assert _command(swept, shared, *best).returncode == 0
    assert (swept / "model.tflite").stat().st_size
    assert _command(swept, shared, "report", "latest").returncode == 0
    assert _command(swept, shared, "promote", "latest", "--name", "digits").returncode == 0
    before = len(store.of_kind(Kind.SWEEP))
    assert _command(swept, shared, "delete", "latest", "--yes", "--registered").returncode == 0
    assert len(store.of_kind(Kind.SWEEP)) == before - 1


def test_a_wrong_password_is_refused_in_one_line(swept: Path, shared: SharedStore) -> None:
    done = _command(swept, shared, "best", "latest", **WRONG)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "not usable" in line
    assert "wrong-password" not in line


def _start(
    folder: Path, npz: Path, values: str, workers: int, **env: str
) -> "subprocess.Popen[bytes]":
    """Start a sweep with folders of its own, as if it were on a machine of its own."""
    for name in _OWN_FOLDERS.values():
        (folder / name).mkdir(parents=True)
    own = {name: str(folder / own) for name, own in _OWN_FOLDERS.items()}
    axis = f"schedule.final_sparsity={values}"
    how = [*quick(npz), *FEW, f"hydra.launcher.n_jobs={workers}"]
    with (folder / "out.txt").open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "runner", "-m", axis, *how],
            cwd=folder,
            env={**os.environ, **own, **env},
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def _command(
    folder: Path, shared: SharedStore, *arguments: str, **env: str
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "runner", *arguments],
        cwd=folder,
        env={**os.environ, "MLFLOW_TRACKING_URI": shared.server, **LOGIN, **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=HANGS_AFTER,
    )


def _points(store: Store) -> dict[str, tuple[dict[str, float], set[str], set[str]]]:
    """Return the figures, the names of the files and of the parameters of each point, by name."""
    points = store.of_kind(Kind.POINT)
    found = {point.name: _of(store, point) for point in points}
    assert len(found) == len(points) == 16
    return found


def _of(store: Store, point: Record) -> tuple[dict[str, float], set[str], set[str]]:
    figures = {name: value for name, value in point.metrics.items() if "seconds" not in name}
    files = {each.path for each in store.connection.files_in(point.artifacts, "models")}
    return figures, files, set(point.params)
