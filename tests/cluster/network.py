"""Join machines by a bridge in a namespace of its own."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.cluster.machine import Machine, ip

# A private network that is only inside the namespaces.
_SUBNET = "10.77.0"
_BRIDGE = "bridge"


def require_namespaces() -> None:
    """Skip the test where this user may not make namespaces of the network."""
    if shutil.which("ip") is None:
        pytest.skip("needs the command ip, of Debian's package iproute2")
    name = f"probe{os.getpid()}"
    if ip("netns", "add", name, check=False):
        pytest.skip("needs the right to make namespaces of the network, as root has it")
    ip("netns", "delete", name)


@dataclass
class Network:
    """Machines that reach each other."""

    folder: Path
    _name: str = field(default_factory=lambda: f"net{os.getpid()}")
    machines: list[Machine] = field(default_factory=list)

    def add(self, name: str) -> Machine:
        """Add a machine of this name, at most eight letters."""
        namespace, address = f"{self._name}-{name}", f"{_SUBNET}.{len(self.machines) + 1}"
        ip("netns", "add", namespace)
        machine = Machine(name, namespace, address, self.folder / name, self._name)
        self.machines.append(machine)
        link = machine.link
        ip("link", "add", link, "netns", self._name, "type", "veth",
            "peer", "name", "eth0", "netns", namespace)  # fmt: skip
        ip("-n", self._name, "link", "set", link, "master", _BRIDGE)
        ip("-n", self._name, "link", "set", link, "up")
        ip("-n", namespace, "address", "add", f"{address}/24", "dev", "eth0")
        ip("-n", namespace, "link", "set", "eth0", "up")
        ip("-n", namespace, "link", "set", "lo", "up")
        machine.switch_on()
        return machine

    def open(self) -> None:
        """Make the bridge."""
        ip("netns", "add", self._name)
        ip("-n", self._name, "link", "add", _BRIDGE, "type", "bridge")
        ip("-n", self._name, "link", "set", _BRIDGE, "up")

    def close(self) -> None:
        """Kill whatever runs on the machines, and remove them and the bridge."""
        for machine in self.machines:
            machine.switch_off()
            ip("netns", "delete", machine.namespace, check=False)
        ip("netns", "delete", self._name, check=False)


@contextmanager
def network(folder: Path) -> Iterator[Network]:
    """Give a network without machines; all of it is gone after the block."""
    made = Network(folder)
    try:
        made.open()
        yield made
    finally:
        made.close()
