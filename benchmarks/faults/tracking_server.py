"""Run one real MLflow server for all faults that need one."""

import os
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psutil

from benchmarks.faults.command import python
from benchmarks.faults.proxy import Proxy

_STARTS_WITHIN = 120.0
# Its seven processes for jobs, which nobody here has, take a tenth of a processor.
_ENVIRONMENT = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}


class TrackingServer:
    """An MLflow server on a database of its own, and a proxy before it."""

    def __init__(self, folder: Path) -> None:
        """Start it on an empty database below the folder, or on the one that is there."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.port = folder, _free_port()
        self.database, self.artifacts = folder / "served.db", folder / "artifacts"
        self._process: subprocess.Popen[bytes] | None = None
        self.start()
        self.proxy = Proxy(("127.0.0.1", self.port))

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        self._process = subprocess.Popen(
            python(
                "-m", "mlflow", "server", "--backend-store-uri", f"sqlite:///{self.database}",
                "--artifacts-destination", str(self.artifacts), "--port", str(self.port),
                "--workers", "1",
            ),
            cwd=self.folder, env={**os.environ, **_ENVIRONMENT}, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        end = time.monotonic() + _STARTS_WITHIN
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > end:
                self.kill()
                raise RuntimeError("the tracking server does not start")
            time.sleep(0.1)

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 2) as probe:
            probe.settimeout(5)
            probe.sendall(b"GET /health HTTP/1.0\r\n\r\n")
            return b" 200 " in probe.recv(100)
        return False

    def kill(self) -> None:
        """Kill the server with all that it has started."""
        if not self._process:
            return
        with suppress(psutil.NoSuchProcess):
            for process in psutil.Process(self._process.pid).children(recursive=True):
                process.kill()
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def close(self) -> None:
        """End the server and its proxy."""
        self.proxy.shutdown()
        self.proxy.server_close()
        self.kill()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
