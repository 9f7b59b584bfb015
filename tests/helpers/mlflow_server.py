"""Run a program of MLflow that listens at a port."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path

from tests.helpers.hanging import HANGS_AFTER, wait_until
from tests.helpers.processes import end_tree, free_port

_PROGRAMS = Path(sys.executable).parent


@contextmanager
def tracking_server(folder: Path, empty_store: Path) -> Iterator[int]:
    """Run a tracking server with its files in a folder until the block ends; yields its port."""
    # A database that is made already spares the server seconds.
    shutil.copy(empty_store, folder / "mlflow.db")
    command = ["server", "--backend-store-uri", "sqlite:///mlflow.db", "--workers", "1"]
    env = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    with listening(command, "/health", folder, env) as port:
        yield port


@contextmanager
def listening(
    command: Sequence[str], path: str, folder: Path, env: Mapping[str, str]
) -> Iterator[int]:
    """Run `mlflow COMMAND` at a free port until the block ends; its path answers first."""
    port = free_port()
    output = folder / "server.txt"
    with output.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "mlflow", *command, "--port", str(port)],
            cwd=folder,
            env={**os.environ, "PATH": f"{_PROGRAMS}:{os.environ['PATH']}", **env},
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        assert _answers(process, port, path), output.read_text()
        yield port
    finally:
        end_tree(process)


def ask(port: int, path: str, body: str | None = None) -> tuple[int, str]:
    """Ask what listens at a port on this machine; returns the status and the text."""
    connection = HTTPConnection("127.0.0.1", port, timeout=HANGS_AFTER)
    try:
        method = "POST" if body else "GET"
        connection.request(method, path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def _answers(process: "subprocess.Popen[bytes]", port: int, path: str) -> bool:
    """Wait until the server answers or ends; tell whether it is ready."""
    statuses: list[int] = []

    def answered() -> bool:
        with suppress(OSError):
            statuses.append(ask(port, path)[0])
        return bool(statuses) or process.poll() is not None

    wait_until(answered, "the server")
    return statuses == [200]
