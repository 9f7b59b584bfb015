"""Sweeps that are stopped, killed, doubled, or lose their store, by real processes and signals."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.conftest import Command, end_tree, free_port, quick, runs_in, store_in

FEW = ["export.targets=[h5]"]
SWEEP = ["schedule.final_sparsity=0.5,0.6,0.7"]
# Long enough to be met in the middle of it.
LONG = "schedule.epochs=2,100000"


@pytest.fixture
def started(npz: Path, tmp_path: Path) -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Start the command line in the test's folder; whatever is left of it is killed at the end."""
    processes: list[subprocess.Popen[str]] = []

    def run(*arguments: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "runner", "-m", *quick(npz), *FEW, *arguments]
        process = subprocess.Popen(
            command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        processes.append(process)
        return process

    yield run
    for process in processes:
        process.kill()


def _read_until(process: "subprocess.Popen[str]", text: str) -> str:
    """Read what the process prints up to a line with this text."""
    assert process.stdout is not None
    seen = ""
    for line in process.stdout:
        seen += line
        if text in line:
            return seen
    raise AssertionError(seen)


def _descendants(process: "subprocess.Popen[str]") -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


def _gone_after(seconds: float, processes: list[psutil.Process]) -> bool:
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    return not alive


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)], ids=["TERM", "INT"]
)
def test_a_signal_ends_workers_and_marks_runs(
    started: Callable[..., "subprocess.Popen[str]"], tmp_path: Path, number: int, code: int
) -> None:
    process = started(LONG, "hydra.launcher.n_jobs=2")
    _read_until(process, "finished: epochs=2")
    children = _descendants(process)
    assert children
    process.send_signal(number)
    out, _ = process.communicate(timeout=20)
    assert process.returncode == code, out
    assert _gone_after(10, children)
    (sweep,) = runs_in(tmp_path, "sweep")
    points = {run.name: run.status for run in store_in(tmp_path).points(sweep.id)}
    assert sweep.status == "KILLED"
    assert points == {"epochs=2": "FINISHED", "epochs=100000": "KILLED"}
    assert "| point    | 2 " in out
    assert "Smallest file within" in out
    assert "Traceback" not in out


@pytest.mark.parametrize("seconds", [0.0, 1.0, 3.0])
def test_ctrl_c_on_a_terminal_is_quiet_also_while_everything_is_imported(
    npz: Path, tmp_path: Path, seconds: float
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "runner", "-m", *quick(npz), *FEW, LONG], cwd=tmp_path,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    while not (tmp_path / "multirun").is_dir():
        time.sleep(0.05)
    time.sleep(seconds)
    os.killpg(process.pid, signal.SIGINT)
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 130, out
    assert "Traceback" not in out
    assert "KeyboardInterrupt" not in out


def test_a_killed_sweep_leaves_no_worker_and_is_resumed(
    started: Callable[..., "subprocess.Popen[str]"], tmp_path: Path
) -> None:
    process = started(LONG, "hydra.launcher.n_jobs=2")
    _read_until(process, "finished: epochs=2")
    children = _descendants(process)
    process.kill()
    assert _gone_after(10, children)
    (dead,) = runs_in(tmp_path, "sweep")
    assert dead.status == "RUNNING"
    again = started(LONG, "hydra.launcher.n_jobs=2")
    seen = _read_until(again, "started: epochs=100000")
    assert "found dead: sweep unnamed" in seen
    assert "found dead: point epochs=100000" in seen
    assert "resuming unnamed: 1 of 2 points done" in seen
    again.send_signal(signal.SIGTERM)
    again.communicate(timeout=20)
    (sweep,) = runs_in(tmp_path, "sweep")
    assert (sweep.id, sweep.status) == (dead.id, "KILLED")
    names = [point.name for point in store_in(tmp_path).points(sweep.id)]
    assert len(names) == len(set(names))


@pytest.mark.long
def test_two_sweeps_at_once_share_the_store_and_the_baseline(
    started: Callable[..., "subprocess.Popen[str]"], tmp_path: Path
) -> None:
    both = [started(*SWEEP, "hydra.launcher.n_jobs=2") for _ in range(2)]
    for process in both:
        out, _ = process.communicate(timeout=200)
        assert process.returncode == 0, out
        assert "locked" not in out
        assert "resuming" not in out
    sweeps = runs_in(tmp_path, "sweep")
    assert [sweep.status for sweep in sweeps] == ["FINISHED", "FINISHED"]
    (baseline,) = runs_in(tmp_path, "baseline")
    for sweep in sweeps:
        points = store_in(tmp_path).points(sweep.id)
        assert len(points) == 3
        assert {point.tags["runner.baseline_run_id"] for point in points} == {baseline.id}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Callable[[], "subprocess.Popen[bytes]"]]:
    """Start MLflow's own server, any number of times at the same address."""
    port = free_port()
    running: list[subprocess.Popen[bytes]] = []

    def run() -> "subprocess.Popen[bytes]":
        command = [
            sys.executable, "-m", "mlflow", "server", "--backend-store-uri",
            f"sqlite:///{tmp_path}/served.db", "--artifacts-destination", f"{tmp_path}/served",
            "--port", str(port), "--workers", "1",
        ]  # fmt: skip
        process = subprocess.Popen(
            command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        running.append(process)
        process.args = f"http://127.0.0.1:{port}"
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return process
            time.sleep(0.2)
        raise AssertionError("the server did not start")

    yield run
    for process in running:
        end_tree(process)


@pytest.mark.long
def test_a_store_that_is_lost_on_the_way_loses_nothing(  # noqa: PLR0913, PLR0917
    started: Callable[..., "subprocess.Popen[str]"],
    server: Callable[[], "subprocess.Popen[bytes]"],
    command: Command,
    npz: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    serving = server()
    where = [f"tracking.uri={serving.args!s}", "hydra.launcher.n_jobs=1"]
    process = started(*SWEEP, *where)
    _read_until(process, "started: final_sparsity=0.6")
    end_tree(serving)
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 1, out
    for name in ("final_sparsity=0.6", "final_sparsity=0.7"):
        (kept,) = re.findall(rf"failed: {name}: .*kept in (\S+): the same command logs it", out)
        assert (Path(kept) / "models" / "h5.h5").is_file()
    assert "nothing is lost" in out
    assert "Traceback" not in out

    server()
    again = command("-m", *SWEEP, *where, *quick(npz), *FEW)
    assert again.returncode == 0, again.stdout + again.stderr
    assert "resuming unnamed: 1 of 3 points done" in again.stdout
    assert again.stdout.count("finished earlier, and logged now") == 2
    assert again.stdout.count("| point ") == 3
    logs = "".join(path.read_text() for path in sorted(tmp_path.glob("multirun/*/*/*/runner.log")))
    assert logs.count("epoch 2 of 2") == 3
    assert list((tmp_path / "outputs" / "cache" / "unlogged").iterdir()) == []
