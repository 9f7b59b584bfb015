"""Sweeps on a real Slurm of one node, with a tracking server, through what Slurm does to jobs."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runner.tracking import Record, Store
from runner.tracking.tags import LAUNCHED
from tests.cluster.slurm import Slurm, require_slurm, slurm
from tests.helpers.hanging import HANGS_AFTER, wait_until
from tests.helpers.mlflow_server import tracking_server
from tests.helpers.processes import end_tree
from tests.helpers.project import PROJECT
from tests.helpers.tiny import quick, write_npz

pytestmark = pytest.mark.cluster
ON_SLURM = ["hydra/launcher=slurm", "export.targets=[h5]"]
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slurm]:
    require_slurm()
    with slurm(tmp_path_factory.mktemp("slurm")) as running:
        yield running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> Iterator[str]:
    with tracking_server(tmp_path_factory.mktemp("server"), empty_store) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def start(cluster: Slurm, server: str, tmp_path: Path) -> Iterator[Start]:
    """Type a command on the login node; what it prints goes into a file of the test's folder."""
    npz = write_npz(tmp_path / "tiny.npz")
    started: list[subprocess.Popen[str]] = []

    def run(*arguments: str, output: str = "out.txt") -> "subprocess.Popen[str]":
        own = {"MLFLOW_TRACKING_URI": server, "PYTHONPATH": str(PROJECT)}
        with (tmp_path / output).open("a") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "runner", "-m", *quick(npz), *arguments],
                cwd=tmp_path,
                env={**os.environ, **cluster.environment, **own},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                text=True,
            )
        started.append(process)
        return process

    yield run
    for process in started:
        end_tree(process)
    if cluster.jobs():
        cluster.ask("scancel", *cluster.jobs())
        wait_until(lambda: not cluster.jobs(), "the end of all jobs")


def _fate(name: str, number: int, fate: str, folder: Path) -> list[str]:
    """Meet the point of a number with a fate, once; a file of that name says that it did."""
    callback = f"+hydra.callbacks.{name}"
    return [
        f"{callback}._target_=tests.helpers.callbacks.Trouble",
        f"{callback}.fates={{{number}: {fate}}}",
        f"{callback}.once={folder / name}",
    ]


def _store(server: str, experiment: str) -> Store:
    return Store(server, experiment)


def _figures(points: list[Record]) -> dict[str, dict[str, float]]:
    return {
        point.name: {
            name: value for name, value in point.metrics.items() if not name.startswith("seconds/")
        }
        for point in points
    }


def _points(store: Store) -> list[Record]:
    (sweep,) = store.find("tags.`runner.kind` = 'sweep'")
    assert not [tag for tag in sweep.tags if tag.startswith(LAUNCHED)]
    return sorted(store.children(sweep.id), key=lambda point: point.name)


def test_a_sweep_finds_its_jobs_again_and_outlasts_what_slurm_does_to_them(
    cluster: Slurm, server: str, start: Start, tmp_path: Path
) -> None:
    sparsities = "schedule.final_sparsity=0.5,0.6,0.7,0.8,0.9"
    fates = [("cancelled", "sleep"), ("requeued", "sleep"), ("slow", "sleep"), ("killed", "kill")]
    troubles = [
        each
        for number, (name, fate) in enumerate(fates)
        for each in _fate(name, number, fate, tmp_path)
    ]
    typed = [*ON_SLURM, sparsities, "sweep.retries=1", "tracking.experiment=slurm", *troubles]
    login = start(*typed)
    wait_until(lambda: all((tmp_path / name).exists() for name, _ in fates), "all troubles")
    login.kill()
    login.wait()
    # Of the others, one is alone, for arrays have four jobs at most here.
    (array,) = {job.partition("_")[0] for job in cluster.jobs() if "_" in job}
    # No shorter time can be had.
    cluster.ask("scontrol", "update", f"JobId={array}_2", "TimeLimit=1")
    again = start(*typed, output="again.txt")
    text = tmp_path / "again.txt"
    wait_until(lambda: "started: final_sparsity=0.6" in text.read_text(), "the jobs found again")
    cluster.ask("scancel", f"{array}_0")
    cluster.ask("scontrol", "requeue", f"{array}_1")
    wait_until(lambda: "has queued it again" in text.read_text(), "the job that is queued again")
    # Slurm lets it wait for two minutes.
    cluster.ask("scontrol", "update", f"JobId={array}_1", "StartTime=now")
    assert again.wait(HANGS_AFTER) == 0, text.read_text()
    said = text.read_text()
    assert f"failed: final_sparsity=0.5: Slurm's job {array}_0 was cancelled" in said
    assert "failed: final_sparsity=0.7: took longer than the cluster allows" in said
    points = _points(_store(server, "slurm"))
    assert [point.status for point in points] == ["FINISHED"] * 5
    wait_until(lambda: not cluster.jobs(), "the end of all jobs")
    here = start(sparsities, "export.targets=[h5]", "tracking.experiment=here", output="here.txt")
    assert here.wait(HANGS_AFTER) == 0
    assert _figures(points) == _figures(_points(_store(server, "here")))


def test_ctrl_c_cancels_all_jobs_and_a_signal_from_outside_leaves_them(
    cluster: Slurm, server: str, start: Start, tmp_path: Path
) -> None:
    typed = [*ON_SLURM, "schedule.final_sparsity=0.5,0.6", "tracking.experiment=interrupted"]
    typed += ["schedule.epochs=100000"]
    store = _store(server, "interrupted")

    def running() -> int:
        points = store.find("tags.`runner.kind` = 'point' and attributes.status = 'RUNNING'")
        return len(points)

    login = start(*typed)
    wait_until(lambda: running() == 2, "the points")
    login.send_signal(signal.SIGTERM)
    assert login.wait(HANGS_AFTER) == 143
    assert "2 jobs go on without this process" in (tmp_path / "out.txt").read_text()
    assert set(cluster.jobs().values()) == {"RUNNING"}
    assert running() == 2
    again = start(*typed, output="again.txt")
    text = tmp_path / "again.txt"
    wait_until(lambda: "started: final_sparsity=0.6" in text.read_text(), "the jobs found again")
    again.send_signal(signal.SIGINT)
    assert again.wait(HANGS_AFTER) == 130
    wait_until(lambda: not cluster.jobs(), "the end of all jobs")
    assert [point.status for point in _points(store)] == ["KILLED"] * 2


def test_a_search_goes_on_with_the_points_that_it_had_begun(
    cluster: Slurm, server: str, start: Start, tmp_path: Path
) -> None:
    typed = [
        *ON_SLURM, "schedule.final_sparsity=0.3,0.5,0.7,0.9", "+search=adaptive",
        "search.points=3", "hydra.launcher.array_parallelism=2", "tracking.experiment=search",
        *_fate("one", 1, "pause", tmp_path), *_fate("two", 2, "pause", tmp_path),
    ]  # fmt: skip
    login = start(*typed)
    wait_until(lambda: (tmp_path / "one").exists() and (tmp_path / "two").exists(), "the jobs")
    login.kill()
    login.wait()
    # An array of two, besides what may be left of the baseline's process.
    assert len([job for job in cluster.jobs() if "_" in job]) == 2
    again = start(*typed, output="again.txt")
    assert again.wait(HANGS_AFTER) == 0, (tmp_path / "again.txt").read_text()
    points = _points(_store(server, "search"))
    assert {point.status for point in points} == {"FINISHED"}
    # The baseline's, and one for each point: none was begun anew.
    assert len(list(tmp_path.rglob("*_result.pkl"))) == 1 + len(points) >= 3
