"""Run a tracking server for the time of a block, and tell what it takes of the processor."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import psutil

_STARTS_WITHIN = 120.0


@dataclass(frozen=True)
class Server:
    """A tracking server, which takes the files too.

    Attributes:
        address: reached from other machines as well.
        process: the server's; those that answer are its children.
    """

    address: str
    process: psutil.Process

    def cpu_seconds(self) -> float:
        """Return the seconds of the processor that all its processes have taken."""
        seconds = 0.0
        for process in (self.process, *self.process.children(recursive=True)):
            # One that ended meanwhile has taken nothing to speak of.
            with suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                seconds += times.user + times.system
        return seconds


@contextmanager
def running_server(folder: Path) -> Iterator[Server]:
    """Give a server with one process that answers, whose database (SQLite) is in a folder."""
    from ray.util import get_node_ip_address

    # Points on other nodes would not reach a loopback address.
    host = get_node_ip_address()
    with socket.socket() as free:
        free.bind((host, 0))
        place = f"{host}:{free.getsockname()[1]}"
    files = ["--serve-artifacts", "--artifacts-destination", f"{folder}/artifacts"]
    listen = ["--host", host, "--port", place.rpartition(":")[2], "--allowed-hosts", place]
    server = subprocess.Popen(
        [sys.executable, "-m", "mlflow", "server", "--workers", "1", *listen, *files],
        cwd=folder,
        env={**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(f"http://{place}/health")
        yield Server(f"http://{place}", psutil.Process(server.pid))
    finally:
        server.terminate()
        server.wait()


def _wait_for(address: str) -> None:
    end = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < end:
        with suppress(OSError), urlopen(address, timeout=5):  # noqa: S310
            return
        time.sleep(0.1)
    raise RuntimeError("the tracking server does not start")
