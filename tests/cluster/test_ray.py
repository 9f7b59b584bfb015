"""Sweeps on two machines that share nothing but the store and Ray's ports."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.ray_cluster import RayCluster, ray_cluster
from tests.helpers.project import Command
from tests.helpers.stores import figures_in, runs_in
from tests.helpers.tiny import quick, write_npz

pytestmark = pytest.mark.cluster

FEW = ["schedule.initial_sparsity=0.0", "export.targets=[h5]"]


@pytest.fixture(scope="module")
def cluster() -> Iterator[RayCluster]:
    with ray_cluster() as made:
        yield made


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that all machines see."""
    return write_npz(tmp_path_factory.mktemp("images") / "tiny.npz")


def test_points_go_elsewhere_when_their_process_or_their_machine_is_lost(
    cluster: RayCluster, images: Path, fresh_command: Command, tmp_path: Path
) -> None:
    finals = ["0.5", "0.55", "0.6", "0.65", "0.7", "0.75", "0.8", "0.85", "0.9"]
    sweep = ["-m", f"schedule.final_sparsity={','.join(finals)}", *quick(images), *FEW]
    process = cluster.start("lost.txt", *sweep)
    began = "started: final_sparsity=.* on south"
    cluster.wait_for("lost.txt", began)
    assert cluster.second.kill("ray::JobActor")
    cluster.wait_for("lost.txt", "its process was killed; it runs again elsewhere")
    cluster.wait_for("lost.txt", began, times=2)
    assert cluster.second.kill("raylet/raylet")
    cluster.wait_for("lost.txt", "it runs again elsewhere", times=2)
    assert process.wait() == 0, (cluster.first.folder / "lost.txt").read_text()
    points = runs_in(cluster.first.work, "point")
    assert [point.status for point in points] == ["FINISHED"] * len(finals)
    alone = fresh_command(*sweep)
    assert alone.returncode == 0, alone.stderr
    assert figures_in(cluster.first.work, "point") == figures_in(tmp_path, "point")
    # What relative paths lead to is the machine's own.
    made = cluster.second.folder / "home/.cache/pruning-sweep-runner"
    assert list(made.glob("multirun/*/*/*/console.log"))
    assert not (cluster.second.work / "multirun").exists()
