"""Run MLflow's UI on this machine, on a database, for as long as a block runs."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import psutil

from runner.errors import Refused, RunnerError
from runner.process.encoding import UTF8
from runner.settings.secret_text import without_secrets
from runner.settings.store_uri import SQLITE

_HOST, _PORT = "127.0.0.1", 5000
_PAUSE = 0.2
_SECONDS_TO_START, _SECONDS_TO_END, _SECONDS_TO_ANSWER = 180.0, 10.0, 10.0
_OK = 200


class NotStarted(RunnerError):
    """MLflow's UI, which ended or did not answer in time."""


@dataclass(frozen=True)
class Server:
    """MLflow's UI, which answers at an address without a slash at its end."""

    address: str
    process: "subprocess.Popen[bytes]"

    def wait(self) -> None:
        """Wait until the user ends it with Ctrl-C.

        Raises:
            NotStarted: it ends by itself.
        """
        try:
            code = self.process.wait()
        except SystemExit as stop:
            if stop.code != 128 + signal.SIGINT:
                raise
        else:
            raise NotStarted(f"MLflow's UI ended with {code}")


def serving(port: int | None, run_id: str) -> str:
    """Return the address where MLflow shows the store with this run already; empty where it is not.

    Raises:
        Refused: another program listens at the port that was asked for.
    """
    asked = f"/api/2.0/mlflow/runs/get?run_id={run_id}"
    if run_id and _status(port or _PORT, asked) == _OK:
        return f"http://{_HOST}:{port or _PORT}"
    if port and not _is_free(port):
        raise Refused(f"--port={port}: must be free, and another program listens there")
    return ""


@contextlib.contextmanager
def started(uri: str, port: int | None) -> Iterator[Server]:
    """Start MLflow's UI on a database, and end it with the block.

    Raises:
        NotStarted: it ends, or does not answer.
    """
    number = port or (_PORT if _is_free(_PORT) else _free_port())
    with tempfile.TemporaryFile() as log:
        process = _start(uri, number, log.fileno())
        try:
            _wait_for(process, number)
            yield Server(f"http://{_HOST}:{number}", process)
        except NotStarted as failure:
            log.seek(0)
            raise NotStarted(f"{failure}: {_last_line(log.read())}") from None
        finally:
            _end(process)


def _last_line(output: bytes) -> str:
    lines = without_secrets(output.decode(errors="replace")).split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "it says nothing")


def _start(uri: str, port: int, log: int) -> "subprocess.Popen[bytes]":
    # By the environment: a command line shows a password to everyone on this machine.
    own = {"MLFLOW_BACKEND_STORE_URI": uri, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    others = {name: value for name, value in os.environ.items() if name != "MLFLOW_TRACKING_URI"}
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "mlflow",
            "ui",
            "--host",
            _HOST,
            "--port",
            str(port),
            "--workers",
            "1",
        ],
        env={**others, **UTF8, **own},
        # Where it makes a folder for files of experiments that people add there.
        cwd=Path(uri.removeprefix(SQLITE)).parent if uri.startswith(SQLITE) else None,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        # Else Ctrl-C ends it before this process can.
        process_group=0,
    )


def _wait_for(process: "subprocess.Popen[bytes]", port: int) -> None:
    end = time.monotonic() + _SECONDS_TO_START
    while _status(port, "/health") != _OK:
        if process.poll() is not None:
            raise NotStarted(f"MLflow's UI ended with {process.returncode}")
        if time.monotonic() > end:
            raise NotStarted(f"MLflow's UI did not answer in {_SECONDS_TO_START:.0f} s")
        time.sleep(_PAUSE)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End it and what it has started: its own process does not pass a signal on."""
    with contextlib.suppress(psutil.NoSuchProcess):
        mother = psutil.Process(process.pid)
        family = [*mother.children(recursive=True), mother]
        for member in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                member.terminate()
        for member in psutil.wait_procs(family, _SECONDS_TO_END)[1]:
            with contextlib.suppress(psutil.NoSuchProcess):
                member.kill()
    process.wait()


def _status(port: int, path: str) -> int:
    """Ask what listens at a port of this machine; 0 where nothing does, or it is no web server."""
    connection = HTTPConnection(_HOST, port, timeout=_SECONDS_TO_ANSWER)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, HTTPException):
        return 0
    finally:
        connection.close()


def _is_free(port: int) -> bool:
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((_HOST, port))
        except OSError:
            return False
        return True


def _free_port() -> int:
    with socket.socket() as free:
        free.bind((_HOST, 0))
        return int(free.getsockname()[1])
