"""Sweeps that are stopped, killed, doubled, or lose their store, by real processes and signals."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.helpers.hanging import HANGS_AFTER, read_until, wait_until
from tests.helpers.processes import end_tree, free_port
from tests.helpers.project import Command
from tests.helpers.stores import runs_in, store_in
from tests.helpers.tiny import quick

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


def _descendants(process: "subprocess.Popen[str]") -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


def _are_gone(processes: list[psutil.Process]) -> bool:
    """Tell whether they all end; they were to train for longer than this waits."""
    _, alive = psutil.wait_procs(processes, timeout=HANGS_AFTER)
    return not alive


def _has_begun_to_load(process: "subprocess.Popen[str]", library: str) -> bool:
    """Tell whether a process, or one that it has started, has mapped a file of a library."""
    for each in [process.pid, *(child.pid for child in _descendants(process))]:
        # It may have ended by now.
        with suppress(OSError):
            if f"/{library}/" in Path(f"/proc/{each}/maps").read_text():
                return True
    return False


@pytest.mark.parametrize(
    ("number", "code"),
    [
        pytest.param(signal.SIGTERM, 143, id="TERM", marks=pytest.mark.long),
        pytest.param(signal.SIGINT, 130, id="INT", marks=pytest.mark.long),
    ],
)
def test_a_signal_ends_workers_and_marks_runs(
    started: Callable[..., "subprocess.Popen[str]"], tmp_path: Path, number: int, code: int
) -> None:
    process = started(LONG, "hydra.launcher.n_jobs=2")
    read_until(process, "finished: epochs=2")
    children = _descendants(process)
    assert children
    process.send_signal(number)
    out, _ = process.communicate(timeout=HANGS_AFTER)
    assert process.returncode == code, out
    assert _are_gone(children)
    (sweep,) = runs_in(tmp_path, "sweep")
    points = {run.name: run.status for run in store_in(tmp_path).children(sweep.id)}
    assert sweep.status == "KILLED"
    assert points == {"epochs=2": "FINISHED", "epochs=100000": "KILLED"}
    assert "Stopped after 1 of 2 points; the same command goes on." in out
    assert "Ship " not in out
    assert "Traceback" not in out


@pytest.mark.long
@pytest.mark.parametrize("library", [None, "sqlalchemy", "tensorflow"])
def test_ctrl_c_on_a_terminal_is_quiet_also_while_everything_is_imported(
    npz: Path, tmp_path: Path, library: str | None
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "runner", "-m", *quick(npz), *FEW, LONG], cwd=tmp_path,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    wait_until((tmp_path / "multirun").is_dir, "the sweep's folder")
    if library:
        wait_until(lambda: _has_begun_to_load(process, library), library)
    os.killpg(process.pid, signal.SIGINT)
    out, _ = process.communicate(timeout=HANGS_AFTER)
    assert process.returncode == 130, out
    assert "Traceback" not in out
    assert "KeyboardInterrupt" not in out


@pytest.mark.long
def test_a_killed_sweep_leaves_no_worker_and_is_resumed(
    started: Callable[..., "subprocess.Popen[str]"], tmp_path: Path
) -> None:
    process = started(LONG, "hydra.launcher.n_jobs=2")
    read_until(process, "finished: epochs=2")
    children = _descendants(process)
    process.kill()
    assert _are_gone(children)
    (dead,) = runs_in(tmp_path, "sweep")
    assert dead.status == "RUNNING"
    again = started(LONG, "hydra.launcher.n_jobs=2")
    seen = read_until(again, "started: epochs=100000")
    assert "found dead: sweep epochs" in seen
    assert "found dead: point epochs=100000" in seen
    assert "resuming epochs: 1 of 2 points done" in seen
    again.send_signal(signal.SIGTERM)
    again.communicate(timeout=HANGS_AFTER)
    (sweep,) = runs_in(tmp_path, "sweep")
    assert (sweep.id, sweep.status) == (dead.id, "KILLED")
    names = [point.name for point in store_in(tmp_path).children(sweep.id)]
    assert len(names) == len(set(names))


@pytest.mark.long
def test_of_two_that_begin_the_same_sweep_at_once_one_is_refused(
    started: Callable[..., "subprocess.Popen[str]"], tmp_path: Path
) -> None:
    both = [started(*SWEEP, "hydra.launcher.n_jobs=2") for _ in range(2)]
    outs = {process.communicate(timeout=HANGS_AFTER)[0]: process.returncode for process in both}
    assert sorted(outs.values()) == [0, 2], outs
    (refused,) = [out for out, code in outs.items() if code == 2]
    (sweep,) = runs_in(tmp_path, "sweep")
    assert f"runner: the same sweep is running: run {sweep.id}, begun at " in refused
    assert "Traceback" not in refused
    assert sweep.status == "FINISHED"
    assert [tag for tag in sweep.tags if tag.startswith("runner.claim")] == []
    assert len(store_in(tmp_path).children(sweep.id)) == 3


_CONTAINER = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]


@pytest.mark.long
@pytest.mark.skipif(os.geteuid() != 0, reason="only root may make a namespace")
def test_a_sweep_whose_machine_sleeps_is_taken_over_and_notices(
    started: Callable[..., "subprocess.Popen[str]"], npz: Path, tmp_path: Path
) -> None:
    asked = [LONG, "hydra.launcher.n_jobs=1"]
    command = [*_CONTAINER, sys.executable, "-m", "runner", "-m", *quick(npz), *FEW, *asked]
    sleeper = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    read_until(sleeper, "started: epochs=100000")
    (scheduler,) = psutil.Process(sleeper.pid).children()
    # Alive, though its process number means nothing here.
    seen, _ = (second := started(*asked)).communicate(timeout=HANGS_AFTER)
    assert second.returncode == 2, seen
    assert "seems to be held by another machine or container; waiting 60 s" in seen
    assert "the same sweep is running" in seen
    scheduler.suspend()
    third = started(*asked, "sweep.take_over=true")
    seen = read_until(third, "started: epochs=100000")
    assert "taken over: point epochs=100000" in seen
    assert "resuming epochs: 1 of 2 points done" in seen
    scheduler.resume()
    out, _ = sleeper.communicate(timeout=HANGS_AFTER)
    assert sleeper.returncode == 1, out
    assert re.search(r"runner: .*was taken over by [0-9a-f]{12} on", out)
    third.send_signal(signal.SIGTERM)
    out, _ = third.communicate(timeout=HANGS_AFTER)
    assert "Traceback" not in out
    (sweep,) = runs_in(tmp_path, "sweep")
    assert (sweep.status, sweep.error) == ("KILLED", "stopped by SIGTERM")
    points = [(run.name, run.status) for run in store_in(tmp_path).children(sweep.id)]
    assert points == [("epochs=2", "FINISHED"), ("epochs=100000", "KILLED")]


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
        wait_until(lambda: _listens(port), "the server")
        return process

    yield run
    for process in running:
        end_tree(process)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


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
    read_until(process, "started: final_sparsity=0.6")
    end_tree(serving)
    out, _ = process.communicate(timeout=HANGS_AFTER)
    assert process.returncode == 1, out
    for name in ("final_sparsity=0.6", "final_sparsity=0.7"):
        (kept,) = re.findall(rf"failed: {name}: .*files are in (\S+), and kept in the cache", out)
        assert (Path(kept) / "models" / "h5.h5").is_file()
    assert "nothing is lost" in out
    assert "Traceback" not in out

    server()
    again = command("-m", *SWEEP, *where, *quick(npz), *FEW)
    assert again.returncode == 0, again.stdout + again.stderr
    assert "resuming final_sparsity: 1 of 3 points done" in again.stdout
    assert again.stdout.count("finished earlier, and logged now") == 2
    assert "\nShip h5 of final_sparsity=" in again.stdout
    logs = "".join(path.read_text() for path in sorted(tmp_path.glob("multirun/*/*/*/runner.log")))
    assert logs.count("epoch 2 of 2") == 3
    assert list((tmp_path / "outputs" / "cache" / "unlogged").iterdir()) == []
    assert "is not logged" not in again.stdout + again.stderr + logs
