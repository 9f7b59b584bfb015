"""Make a process of Ray's ready for jobs: its folders, the user's variables, what is installed."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from runner.files import private_folder
from runner.planning.deciding_versions import deciding_versions
from runner.process.home import stand_in
from runner.process.temporary import system_folder

_FOLDER = "pruning-sweep-runner"


@dataclass(frozen=True)
class Sender:
    """The machine of the sweep, as those that it sends jobs to need to know it.

    Attributes:
        node: Ray's name of it.
        folder: where the sweep was started.
        variables: of its environment, which jobs need.
        versions: of what decides figures, by its name.
    """

    node: str
    folder: str
    variables: Mapping[str, str]
    versions: Mapping[str, str]

    def differences(self) -> str:
        """Say what decides figures and is another one on this machine; empty: nothing."""
        here = deciding_versions()
        return ", ".join(
            f"{name} {here[name] or 'missing'} and not {version or 'missing'}"
            for name, version in self.versions.items()
            if here[name] != version
        )

    def settle_in(self, node: str) -> str:
        """Go where jobs of this process find their folders, and return the machine's name.

        Args:
            node: Ray's name of this machine; the name that is returned is empty where it is the
                sweep's own.
        """
        for name, value in self.variables.items():
            os.environ.setdefault(name, value)
        own = node == self.node
        folder = Path(self.folder) if own else work_folder()
        os.chdir(folder)
        return "" if own else socket.gethostname()


def work_folder() -> Path:
    """Make the folder where a machine keeps what relative paths lead to: outputs and the cache."""
    cache = os.environ.get("XDG_CACHE_HOME")
    if cache:
        return private_folder.make(Path(cache) / _FOLDER)
    if stand_in():
        return private_folder.make(system_folder() / f"{_FOLDER}-{os.getuid()}")
    return private_folder.make(Path.home() / ".cache" / _FOLDER)
