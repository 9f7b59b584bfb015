"""Run a cluster of Ray's on machines of a test, with a store that all of them reach."""

import importlib.util
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.machine import Machine
from tests.cluster.network import network, require_namespaces
from tests.cluster.postgres import require_postgres, shared_store
from tests.helpers.hanging import wait_until

_PORT = 6379
_RAY = Path(sys.executable).with_name("ray")
_FIGURES = Path(__file__).with_name("stored_figures.py")
# Short, for the sake of the paths of Ray's sockets.
_FOLDER = "r"
# The least that Ray takes, about.
_OBJECTS = "--object-store-memory=80000000"
Stored = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class RayCluster:
    """Two machines with room for two points each, and one with none, which has all servers.

    Attributes:
        head: has the store, and hands out Ray's work.
        points: settings of the sweeps that run here.
    """

    head: Machine
    one: Machine
    two: Machine
    store: str
    points: Sequence[str]

    @property
    def address(self) -> str:
        """Where Ray's cluster is."""
        return f"{self.head.address}:{_PORT}"

    def at(self, store: str) -> "RayCluster":
        """Return the same cluster, whose sweeps use another store."""
        return replace(self, store=store)

    def command(self, name: str) -> list[str]:
        """Return the command of the sweep of that name."""
        settings = [*self.points, f"sweep.name={name}", f"tracking.uri={self.store}"]
        return [sys.executable, "-m", "runner", "-m", *settings, "hydra/launcher=ray"]

    def sweep(self, machine: Machine, name: str) -> "subprocess.Popen[bytes]":
        """Start that sweep; what it prints is in the machine's file `NAME.txt`."""
        command = [*self.command(name), f"hydra.launcher.address={self.address}"]
        return machine.start(command, f"{name}.txt")

    def submit(self, name: str, job: str = "") -> None:
        """Hand that sweep in as a job from machine one, which then only listens to it.

        Args:
            name: of the sweep.
            job: its name in the cluster; that of the sweep unless it is said.
        """
        job = job or name
        options = ["--no-wait", f"--submission-id={job}", "--", *self.command(name)]
        done = self.one.run([_RAY, "job", "submit", self._jobs, *options])
        assert done.returncode == 0, done.stdout
        self.one.start([_RAY, "job", "logs", self._jobs, "--follow", job], f"{job}.txt")

    def stop(self, job: str) -> None:
        """Stop a job, and wait until it has ended."""
        done = self.one.run([_RAY, "job", "stop", self._jobs, job])
        assert done.returncode == 0, done.stdout
        assert f"Job '{job}' was stopped" in done.stdout

    def stored(self, name: str) -> Stored:
        """Return what the store holds of a sweep, with its baseline."""
        return stored(self.head, self.store, name)

    def join(self, machine: Machine) -> None:
        """Let a machine join the cluster."""
        self._start(machine, f"--address={self.address}", "--num-cpus=2")

    def start(self) -> None:
        """Start the cluster."""
        folder = self.head.folder.parent / _FOLDER
        # As docs/guide/clusters.md has it.
        self._start(self.head, "--head", f"--port={_PORT}", "--num-cpus=0",
            f"--temp-dir={folder}", f"--dashboard-host={self.head.address}",
            RAY_JOB_STOP_WAIT_TIME_S="60")  # fmt: skip

    def _start(self, machine: Machine, *role: str, **environment: str) -> None:
        here = [f"--node-ip-address={machine.address}", "--disable-usage-stats", _OBJECTS]
        done = machine.run([_RAY, "start", *role, *here], 300, **environment)
        assert done.returncode == 0, done.stdout

    @property
    def _jobs(self) -> str:
        return f"--address=http://{self.head.address}:8265"


def stored(machine: Machine, uri: str, name: str) -> Stored:
    """Return what a store that this machine reaches holds of a sweep, with its baseline."""
    done = machine.run([sys.executable, _FIGURES, uri, name])
    assert done.returncode == 0, done.stdout
    found: Stored = json.loads(done.stdout.splitlines()[-1])
    return found


def said(machine: Machine, name: str, words: str) -> int:
    """Return how often a sweep that was started on a machine has said these, an expression."""
    return len(re.findall(words, (machine.folder / f"{name}.txt").read_text()))


def wait_for(machine: Machine, name: str, words: str, times: int = 1) -> None:
    """Wait until such a sweep has said these so many times."""
    wait_until(lambda: said(machine, name, words) >= times, words)


@contextmanager
def ray_cluster(points: Sequence[str]) -> Iterator[RayCluster]:
    """Give a cluster until the block ends, with the settings of the sweeps that run there."""
    require_namespaces()
    require_postgres()
    if importlib.util.find_spec("ray") is None:
        pytest.skip("needs the package ray, of the extra ray")
    with (
        tempfile.TemporaryDirectory(prefix="n", ignore_cleanup_errors=True) as folder,
        network(Path(folder)) as net,
    ):
        head, one, two = (net.add(name) for name in ("head", "one", "two"))
        with shared_store(head, 5432, 5000) as store:
            cluster = RayCluster(head, one, two, store.server, points)
            cluster.start()
            cluster.join(one)
            cluster.join(two)
            yield cluster
