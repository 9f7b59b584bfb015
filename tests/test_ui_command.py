"""`python -m runner ui` shows a sweep on MLflow's real pages, and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from runner.tracking import Kind, Store
from runner.tracking.saved_views.keep import points_key
from tests.helpers.hanging import HANGS_AFTER, wait_until
from tests.helpers.mlflow_server import ask, tracking_server
from tests.helpers.processes import end_tree, free_port
from tests.helpers.project import PROJECT, Command


def _sweep(store: Store, name: str) -> str:
    """Write a sweep of one point; returns its id."""
    sweep = store.new_run(Kind.SWEEP, name, {}, {"runner.sweep": name})
    point = store.new_run(Kind.POINT, "a", {"schedule.epochs": "2"}, {}, sweep.id)
    point.log_metrics({"zip_bytes/h5": 1.0, "accuracy/h5": 0.5})
    for run in (point, sweep):
        run.end("FINISHED")
    return sweep.id


@pytest.fixture
def sweep(store_folder: Path) -> str:
    """The id of the newest of two sweeps in the test's folder."""
    store = Store(f"sqlite:///{store_folder}/mlflow.db", "sparsity")
    return [_sweep(store, name) for name in ("old", "new")][-1]


@pytest.fixture
def browser(tmp_path: Path) -> dict[str, str]:
    """An environment in which the user's browser writes down what it opens."""
    script = tmp_path / "browser"
    script.write_text(f'#!/bin/sh\necho "$1" >> {tmp_path}/opened\n')
    script.chmod(0o700)
    return {"BROWSER": f"{script} %s"}


@contextmanager
def _shown(folder: Path, port: int, env: Mapping[str, str]) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "runner", "ui", "--port", str(port)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(PROJECT), **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        end_tree(process)


@pytest.mark.long
@pytest.mark.parametrize(("stop", "code"), [(signal.SIGINT, 0), (signal.SIGHUP, 129)])
def test_the_newest_sweep_is_shown_until_it_is_ended(
    sweep: str, store_folder: Path, browser: dict[str, str], stop: signal.Signals, code: int
) -> None:
    port = free_port()
    with _shown(store_folder, port, browser) as process:
        assert process.stdout
        address = process.stdout.readline().strip().removeprefix("In MLflow: ")
        assert address.startswith(f"http://127.0.0.1:{port}/#/experiments/")
        assert address.endswith(f"&viewStateShareKey={points_key(sweep)}")
        opened = store_folder / "opened"
        wait_until(lambda: opened.is_file() and bool(opened.read_text()), "the browser")
        assert opened.read_text() == f"{address}\n"
        assert ask(port, f"/api/2.0/mlflow/runs/get?run_id={sweep}")[0] == 200
        if stop is signal.SIGINT:
            _require_that_another_one_only_opens_it(store_folder, port, address)
        process.send_signal(stop)
        assert process.wait(HANGS_AFTER) == code
    with closing(socket.socket()) as listening:
        assert listening.connect_ex(("127.0.0.1", port))


def _require_that_another_one_only_opens_it(folder: Path, port: int, address: str) -> None:
    with _shown(folder, port, {"BROWSER": "true"}) as other:
        out, _ = other.communicate(timeout=HANGS_AFTER)
    assert (other.returncode, out) == (0, f"In MLflow: {address}\n")


@pytest.mark.long
def test_a_server_is_only_opened(store_folder: Path, empty_store: Path, tool_in: Command) -> None:
    with tracking_server(store_folder, empty_store) as port:
        uri = f"http://127.0.0.1:{port}"
        sweep = _sweep(Store(uri, "sparsity"), "new")
        done = tool_in(store_folder, "ui.__main__", "new", "--no-browser", "--tracking-uri", uri)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith(f"In MLflow: {uri}/#/experiments/")
        assert done.stdout.endswith(f"&viewStateShareKey={points_key(sweep)}\n")


@pytest.mark.parametrize("port", ["0", "65536", "-1", "x", "²"])
def test_what_is_no_port_is_refused(tmp_path: Path, tool_in: Command, port: str) -> None:
    done = tool_in(tmp_path, "ui.__main__", f"--port={port}")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{port}: must be a whole number from 1 to 65535" in done.stderr


def test_a_port_of_another_program_is_refused(
    sweep: str, store_folder: Path, tool_in: Command
) -> None:
    assert sweep
    # It does not listen: what never answers would be waited for.
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        done = tool_in(store_folder, "ui.__main__", f"--port={port}", "--no-browser")
    assert done.returncode == 2
    assert f"--port={port}: must be free, and another program listens there" in done.stderr


def test_a_sweep_that_is_not_there_is_refused(
    sweep: str, store_folder: Path, tool_in: Command
) -> None:
    assert sweep
    done = tool_in(store_folder, "ui.__main__", "nope")
    assert done.returncode == 2
    assert "SWEEP=nope: must be a sweep of experiment sparsity: old, new" in done.stderr
