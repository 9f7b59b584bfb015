"""A sweep on two machines loses nothing, whatever happens to one of them."""

import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.machine import Machine
from tests.cluster.network import network, require_namespaces
from tests.cluster.postgres import require_postgres, shared_store
from tests.helpers.hanging import wait_until

pytestmark = pytest.mark.cluster

_POINTS = [
    "-m",
    "schedule.final_sparsity=0.5,0.6,0.7,0.8",
    "schedule.initial_sparsity=0.0,0.3,0.5",
    *("schedule.epochs=1", "baseline.epochs=1", "export.targets=[h5,tflite_int8]", "threads=1"),
]
_NUMBER = 12
_PORT = 6379
_RAY = Path(sys.executable).with_name("ray")
_FIGURES = Path(__file__).with_name("stored_figures.py")
_SWEEP_SECONDS = 240
Stored = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Cluster:
    """Two machines of Ray's, and the address of the store, which is on a third."""

    head: Machine
    other: Machine
    store: str

    def sweep(self, machine: Machine, name: str) -> "subprocess.Popen[bytes]":
        """Start the sweep of that name; what it prints is in the machine's file `NAME.txt`."""
        ray = ["hydra/launcher=ray", f"hydra.launcher.address={self.head.address}:{_PORT}"]
        command = [sys.executable, "-m", "runner", *_POINTS, *ray, f"sweep.name={name}"]
        return machine.start(command, f"{name}.txt", MLFLOW_TRACKING_URI=self.store)

    def join(self, machine: Machine) -> None:
        """Let a machine join the cluster; the first one is its head."""
        role = [f"--address={self.head.address}:{_PORT}"]
        if machine is self.head:
            # Short, for the sake of the paths of sockets.
            folder = machine.folder.parent / "r"
            role = [
                "--head",
                f"--port={_PORT}",
                "--include-dashboard=false",
                f"--temp-dir={folder}",
            ]
        here = [f"--node-ip-address={machine.address}", "--num-cpus=2", "--disable-usage-stats"]
        done = machine.run([_RAY, "start", *role, *here, "--object-store-memory=100000000"])
        assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    require_namespaces()
    require_postgres()
    if importlib.util.find_spec("ray") is None:
        pytest.skip("needs the package ray, of the extra ray")
    folder = Path(tempfile.mkdtemp(prefix="n"))
    try:
        with network(folder) as made:
            hub, head, other = (made.add(name) for name in ("hub", "one", "two"))
            with shared_store(hub, 5432, 5000) as store:
                machines = Cluster(head, other, store.server)
                machines.join(head)
                machines.join(other)
                yield machines
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def quiet(cluster: Cluster) -> Stored:
    """The same sweep by worker processes of one machine, in a store of its own."""
    uri = f"sqlite:///{cluster.head.work}/mlflow.db"
    command = [sys.executable, "-m", "runner", *_POINTS, "sweep.name=quiet"]
    done = cluster.head.run(command, MLFLOW_TRACKING_URI=uri)
    assert done.returncode == 0, done.stdout
    return _stored(cluster.head, uri, "quiet")


def _stored(machine: Machine, uri: str, name: str) -> Stored:
    """Return what the store holds of a sweep, with its baseline."""
    done = machine.run([sys.executable, _FIGURES, uri, name])
    assert done.returncode == 0, done.stdout
    found: Stored = json.loads(done.stdout.splitlines()[-1])
    return found


def _require_whole(cluster: Cluster, name: str, quiet: Stored) -> set[str]:
    """Require one run a point, each as in the quiet sweep; return which machines made them."""
    found = _stored(cluster.head, cluster.store, name)
    assert [sweep["status"] for sweep in found["sweep"]] == ["FINISHED"]
    points = found["point"]
    assert sorted(point["name"] for point in points) == [point["name"] for point in quiet["point"]]
    assert {point["status"] for point in points} == {"FINISHED"}
    for kind in ("point", "baseline"):
        expected = {run["name"]: (run["metrics"], run["files"]) for run in quiet[kind]}
        assert {run["name"]: (run["metrics"], run["files"]) for run in found[kind]} == expected
    return {str(point["host"]) for point in points}


def _finishes(process: "subprocess.Popen[bytes]", machine: Machine, name: str) -> str:
    code = process.wait(_SWEEP_SECONDS)
    text = (machine.folder / f"{name}.txt").read_text()
    assert code == 0, text
    return text


def _wait_for(machine: Machine, name: str, words: str, times: int = 1) -> None:
    file = machine.folder / f"{name}.txt"
    wait_until(lambda: file.read_text().count(words) >= times, words)


@pytest.mark.parametrize("store", ["sqlite:///mlflow.db", "http://localhost:5000"])
def test_a_store_that_one_machine_alone_reaches_is_refused(cluster: Cluster, store: str) -> None:
    process = replace(cluster, store=store).sweep(cluster.head, "refused")
    assert process.wait(_SWEEP_SECONDS) == 2
    assert "points run on other machines" in (cluster.head.folder / "refused.txt").read_text()


def test_two_machines_share_the_points(cluster: Cluster, quiet: Stored) -> None:
    _finishes(cluster.sweep(cluster.head, "plain"), cluster.head, "plain")
    assert _require_whole(cluster, "plain", quiet) == {"one", "two"}


def test_a_sweep_whose_machine_is_lost_goes_on_from_the_other(
    cluster: Cluster, quiet: Stored
) -> None:
    process = cluster.sweep(cluster.head, "moved")
    _wait_for(cluster.head, "moved", "finished: 0", 3)
    assert cluster.head.kill("-m runner -m")
    process.wait()
    again = cluster.sweep(cluster.other, "moved")
    text = _finishes(again, cluster.other, "moved")
    assert "resuming moved: " in text
    _require_whole(cluster, "moved", quiet)
