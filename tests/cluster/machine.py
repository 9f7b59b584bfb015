"""Make a machine of namespaces of this one: network, processes, name and folders of its own."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.cluster.this_machine import finished, started

_END_SECONDS = 10.0
# Runs as the first process of a machine: gives it a name, its own shared memory, and hides what the
# other machines write. It ends with the machine, and everything else there with it.
_FIRST_PROCESS = """
hostname "$1"
mount -t tmpfs tmpfs /dev/shm
mount --bind "$2" /mnt
mount -t tmpfs tmpfs "$(dirname "$2")"
mkdir "$2"
mount --move /mnt "$2"
cd "$2/work"
echo ready
while :; do sleep 3600 & wait; done
"""
_UNSHARE = [
    *("unshare", "--pid", "--fork", "--mount", "--mount-proc", "--uts", "--propagation", "private"),
    *("sh", "-c", _FIRST_PROCESS, "sh"),
]
_ENTER = ["--pid", "--mount", "--uts", "--net", "--wd", "--"]


@dataclass
class Machine:
    """A machine with a network, a home, a cache, a temporary and a working folder of its own.

    Its processes, too, are its own: their numbers mean nothing elsewhere.

    Attributes:
        name: its host name.
        namespace: name of its namespace of the network.
        address: where the other machines reach it.
        folder: holds all that it writes; the other machines do not see it.
        network: the namespace of the bridge, which its link leads to.
    """

    name: str
    namespace: str
    address: str
    folder: Path
    network: str
    _first: int = 0

    @property
    def link(self) -> str:
        """The name of its link at the bridge."""
        return f"to-{self.name}"

    @property
    def work(self) -> Path:
        """The folder that commands start in."""
        return self.folder / "work"

    def environment(self, **more: str) -> dict[str, str]:
        """Return the environment of this process with the machine's own folders in it."""
        own = {
            "HOME": self.folder / "home",
            "XDG_CACHE_HOME": self.folder / "home/.cache",
            "TMPDIR": self.folder / "tmp",
        }
        return {**os.environ, **{name: str(path) for name, path in own.items()}, **more}

    def switch_on(self) -> None:
        """Start its first process."""
        for part in ("work", "home/.cache", "tmp"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        started = subprocess.Popen(
            ["ip", "netns", "exec", self.namespace, *_UNSHARE, self.name, str(self.folder)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert started.stdout is not None
        assert started.stdout.readline() == b"ready\n"
        (child,) = psutil.Process(started.pid).children()
        self._first = child.pid

    def switch_off(self) -> None:
        """End all of its processes at once, as a power cut does."""
        with suppress(ProcessLookupError):
            os.kill(self._first, signal.SIGKILL)
        deadline = time.monotonic() + _END_SECONDS
        while self.processes() and time.monotonic() < deadline:
            time.sleep(0.1)

    def start(
        self, command: Sequence[str | Path], log: str, **environment: str
    ) -> "subprocess.Popen[bytes]":
        """Start a command there; what it prints goes into a file of that name in its folder."""
        own = self.environment(**environment)
        return started(self._there(command), self.folder / log, own)

    def run(
        self, command: Sequence[str | Path], timeout: float = 300, **environment: str
    ) -> "subprocess.CompletedProcess[str]":
        """Run a command there to its end, and return what it printed, errors included."""
        return finished(self._there(command), timeout, self.environment(**environment))

    def _there(self, command: Sequence[str | Path]) -> list[str]:
        return ["nsenter", "--target", str(self._first), *_ENTER, *map(str, command)]

    def processes(self, words: str = "") -> dict[int, str]:
        """Return the command lines of its processes that hold these words, by process id."""
        found: dict[int, str] = {}
        for line in _output("netns", "pids", self.namespace).split():
            with suppress(OSError):
                text = Path(f"/proc/{line}/cmdline").read_bytes().replace(b"\0", b" ").decode()
                if words in text:
                    found[int(line)] = text
        return found

    def kill(self, words: str, signal_number: int = signal.SIGKILL) -> list[int]:
        """Send a signal to the processes whose command line holds these words; return those."""
        killed = list(self.processes(words))
        for process in killed:
            with suppress(ProcessLookupError):
                os.kill(process, signal_number)
        return killed

    def cut_link(self) -> None:
        """Cut the machine off from the network."""
        ip("-n", self.network, "link", "set", self.link, "down")

    def mend_link(self) -> None:
        """Join the machine to the network again."""
        ip("-n", self.network, "link", "set", self.link, "up")


def ip(*arguments: str, check: bool = True) -> int:
    """Run the command `ip`, and return how it ended.

    Raises:
        RuntimeError: it failed, where that is checked.
    """
    done = subprocess.run(["ip", *arguments], check=False, capture_output=True, text=True)
    if check and done.returncode:
        raise RuntimeError(f"ip {' '.join(arguments)}: {done.stderr.strip()}")
    return done.returncode


def _output(*arguments: str) -> str:
    return subprocess.run(["ip", *arguments], check=False, capture_output=True, text=True).stdout
