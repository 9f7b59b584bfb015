"""Run a cluster of Ray's on machines of a test, with a store that all of them reach."""

import importlib.util
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.cluster.machine import Machine
from tests.cluster.network import network, require_namespaces
from tests.cluster.postgres import server
from tests.helpers.hanging import wait_until
from tests.helpers.project import PROJECT

_PORT = 6379
# The least that Ray takes, about.
_OBJECTS = "--object-store-memory=80000000"
# The test's own machines are nobody else's.
_ENVIRONMENT = {
    "RAY_AUTH_MODE": "disabled",
    "RAY_USAGE_STATS_ENABLED": "0",
    "PYTHONPATH": str(PROJECT),
}


@dataclass
class RayCluster:
    """Two machines, each with room for one point, of which the first holds the store."""

    first: Machine
    second: Machine
    store: str

    @property
    def address(self) -> str:
        """Where Ray's cluster is."""
        return f"{self.first.address}:{_PORT}"

    def join(self, **environment: str) -> None:
        """Let the second machine join the cluster."""
        ray(self.second, "start", f"--address={self.address}", **environment)

    def command(self, *arguments: str) -> list[str]:
        """Return a command that sweeps on the cluster."""
        where = [f"hydra.launcher.address={self.address}", f"tracking.uri={self.store}"]
        return [sys.executable, "-m", "runner", *arguments, "hydra/launcher=ray", *where]

    def start(self, log: str, *arguments: str) -> "subprocess.Popen[bytes]":
        """Start a sweep on the first machine; what it prints goes into a file of that name."""
        return self.first.start(self.command(*arguments), log, **_ENVIRONMENT)

    def wait_for(self, log: str, words: str, times: int = 1) -> None:
        """Wait until a sweep has printed so many lines with these words, a regular expression."""
        file = self.first.folder / log
        wait_until(lambda: len(re.findall(words, file.read_text())) >= times, words)


def ray(machine: Machine, *arguments: str, **environment: str) -> str:
    """Run Ray's command on a machine."""
    own = [f"--node-ip-address={machine.address}", "--num-cpus=1", _OBJECTS]
    end = own if arguments[0] == "start" else []
    program = Path(sys.executable).parent / "ray"
    done = machine.run([program, *arguments, *end], 300, **_ENVIRONMENT | environment)
    assert done.returncode == 0, done.stdout
    return done.stdout


def has_job_server() -> bool:
    """Tell whether Ray is installed with what `ray job submit` needs."""
    return importlib.util.find_spec("aiohttp_cors") is not None


@contextmanager
def ray_cluster() -> Iterator[RayCluster]:
    """Give a cluster of two machines until the block ends."""
    require_namespaces()
    # Paths of Ray's sockets are long.
    with (
        tempfile.TemporaryDirectory(prefix="r", dir="/tmp") as folder,
        network(Path(folder)) as net,
    ):
        first, second = net.add("north"), net.add("south")
        dashboard = f"--include-dashboard={'true' if has_job_server() else 'false'}"
        ray(first, "start", "--head", f"--port={_PORT}", dashboard, f"--temp-dir={folder}/ray",
            f"--dashboard-host={first.address}")  # fmt: skip
        with server(first, 5000, "sqlite:///mlflow.db") as store:
            cluster = RayCluster(first, second, store)
            cluster.join()
            yield cluster
