"""A sweep on two machines loses nothing, whatever happens to one of them."""

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.cluster.machine import Machine
from tests.cluster.ray_cluster import RayCluster, Stored, ray_cluster, said, stored, wait_for
from tests.helpers.hanging import HANGS_AFTER, wait_until
from tests.helpers.tiny import write_npz

pytestmark = pytest.mark.cluster

_POINTS = [
    # As many as keep a machine at work while another one is made to join again.
    "schedule.final_sparsity=0.5,0.55,0.6,0.65,0.7,0.75,0.8,0.85",
    "schedule.initial_sparsity=0.0,0.3,0.5",
    *("schedule.epochs=1", "baseline.epochs=1", "export.targets=[h5,tflite_int8]", "threads=1"),
]
_CUT_SECONDS = 120
# What a sweep says.
_ON_TWO, _MOVED = "started: .* on two", "it runs again elsewhere"


@pytest.fixture(scope="module")
def cluster() -> Iterator[RayCluster]:
    with ray_cluster(_POINTS) as machines:
        yield machines


@pytest.fixture(scope="module")
def quiet(cluster: RayCluster) -> Stored:
    """The same sweep by worker processes of one machine, in a store of its own."""
    uri = f"sqlite:///{cluster.one.work}/mlflow.db"
    sweep = [*_POINTS, "sweep.name=quiet", f"tracking.uri={uri}"]
    done = cluster.one.run([sys.executable, "-m", "runner", "-m", *sweep])
    assert done.returncode == 0, done.stdout
    return stored(cluster.one, uri, "quiet")


def _require_whole(cluster: RayCluster, name: str, quiet: Stored) -> set[str]:
    """Require one run a point, each as in the quiet sweep; return which machines made them."""
    found = cluster.stored(name)
    assert [sweep["status"] for sweep in found["sweep"]] == ["FINISHED"]
    points = found["point"]
    assert sorted(point["name"] for point in points) == [point["name"] for point in quiet["point"]]
    assert {point["status"] for point in points} == {"FINISHED"}
    for kind in ("point", "baseline"):
        expected = {run["name"]: (run["metrics"], run["files"]) for run in quiet[kind]}
        assert {run["name"]: (run["metrics"], run["files"]) for run in found[kind]} == expected
    return {str(point["host"]) for point in points}


def _finishes(process: "subprocess.Popen[bytes]", machine: Machine, name: str) -> str:
    code = process.wait(HANGS_AFTER)
    text = (machine.folder / f"{name}.txt").read_text()
    assert code == 0, text
    return text


def test_machines_without_the_data_are_sent_it_though_the_job_is_stopped_and_handed_in_again(
    cluster: RayCluster,
) -> None:
    images = write_npz(cluster.head.work / "images.npz")
    points = [
        *("schedule.final_sparsity=0.5,0.6,0.7,0.8", "schedule.initial_sparsity=0.0"),
        *("schedule.epochs=1", "baseline.epochs=1", "export.targets=[h5]", "threads=1"),
        *("architecture=lenet_300_100", "dataset=npz", f"dataset.path={images}"),
        "dataset.ship=true",
    ]
    cluster = replace(cluster, points=points)
    cluster.submit("shipped")
    wait_for(cluster.one, "shipped", "started: final_sparsity")
    cluster.stop("shipped")
    _require_closed(cluster, "shipped")
    cluster.submit("shipped", job="again")
    wait_for(cluster.one, "again", "Job 'again' succeeded")
    assert said(cluster.one, "again", "resuming shipped: ")
    assert not said(cluster.one, "again", "started: baseline")
    found = cluster.stored("shipped")
    assert [sweep["status"] for sweep in found["sweep"]] == ["FINISHED"]
    assert len({point["name"] for point in found["point"]}) == len(found["point"]) == 4
    assert {point["status"] for point in found["point"]} == {"FINISHED"}
    assert {point["host"] for point in found["point"]} == {"one", "two"}
    for machine in (cluster.one, cluster.two):
        made = machine.folder / "home/.cache/pruning-sweep-runner"
        (sent,) = made.glob("**/datasets/shipped-*/file")
        assert sent.read_bytes() == images.read_bytes()


def _require_closed(cluster: RayCluster, name: str) -> None:
    """Require that a sweep's job was stopped in time, and that nothing of it goes on."""
    assert said(cluster.one, name, "Stopped after . of 4 points; the same command goes on")
    assert not cluster.head.processes("-m runner")
    machines = (cluster.one, cluster.two)
    wait_until(
        lambda: not any(machine.processes("ray::JobActor") for machine in machines),
        "the end of its points",
    )
    found = cluster.stored(name)
    assert [sweep["status"] for sweep in found["sweep"]] == ["KILLED"]
    assert {point["status"] for point in found["point"]} <= {"KILLED", "FINISHED"}


def test_a_killed_raylet_and_a_link_that_comes_back_cost_nothing(
    cluster: RayCluster, quiet: Stored
) -> None:
    process = cluster.sweep(cluster.one, "hurt")
    wait_for(cluster.one, "hurt", _ON_TWO)
    assert cluster.two.kill("raylet/raylet")
    wait_for(cluster.one, "hurt", _MOVED)
    begun = said(cluster.one, "hurt", _ON_TWO)
    cluster.join(cluster.two)
    wait_for(cluster.one, "hurt", _ON_TWO, begun + 1)
    cluster.two.cut_link()
    time.sleep(_CUT_SECONDS)
    cluster.two.mend_link()
    # Ray's own words of what was lost are many lines.
    assert "(raylet)" not in _finishes(process, cluster.one, "hurt")
    # What came back has learned that others did its work.
    wait_until(lambda: not cluster.two.processes("ray::JobActor"), "the end of the lost jobs")
    assert _require_whole(cluster, "hurt", quiet) >= {"one"}
    # What relative paths lead to is the machine's own.
    made = cluster.two.folder / "home/.cache/pruning-sweep-runner"
    assert list(made.glob("multirun/*/*/*/console.log"))
    assert not (cluster.two.work / "multirun").exists()


def test_a_sweep_outlives_its_shell_a_process_its_driver_and_a_machine(
    cluster: RayCluster, quiet: Stored
) -> None:
    _rejoin(cluster, cluster.two)
    cluster.submit("moved")
    wait_for(cluster.one, "moved", _ON_TWO)
    assert cluster.two.kill("ray::JobActor")
    wait_for(cluster.one, "moved", f"its process was killed; {_MOVED}")
    wait_for(cluster.one, "moved", "finished: 0", 3)
    assert cluster.head.kill("-m runner -m")
    again = cluster.sweep(cluster.two, "moved")
    wait_for(cluster.two, "moved", "started: .* on one")
    cluster.one.cut_link()
    text = _finishes(again, cluster.two, "moved")
    assert "resuming moved: " in text
    assert "on one: its machine was lost; it runs again elsewhere" in text
    assert _require_whole(cluster, "moved", quiet) >= {"two"}


# Last: of two processes that share the tests' files, each takes a further one with two tests to go.
@pytest.mark.parametrize("store", ["sqlite:///mlflow.db", "http://localhost:5000"])
def test_a_store_that_one_machine_alone_reaches_is_refused(cluster: RayCluster, store: str) -> None:
    process = cluster.at(store).sweep(cluster.two, "refused")
    assert process.wait(HANGS_AFTER) == 2
    assert "points run on other machines" in (cluster.two.folder / "refused.txt").read_text()


def _rejoin(cluster: RayCluster, machine: Machine) -> None:
    """Let a machine be one of the cluster again, as after it was started anew."""
    machine.switch_off()
    machine.switch_on()
    cluster.join(machine)
