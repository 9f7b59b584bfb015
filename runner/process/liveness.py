"""Name a process so that a later one can tell whether it has ended."""

import os
import socket
from dataclasses import dataclass
from pathlib import Path

import psutil

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_NAMESPACE = Path("/proc/self/ns/pid")
# Where the system tells neither a boot nor a namespace.
_NONE = "-"
# In names of before there was one.
_UNKNOWN = "?"


@dataclass(frozen=True)
class _Name:
    """What the text of a name says."""

    host: str
    boot: str
    namespace: str
    number: int
    start: int

    @property
    def is_of_earlier_boot(self) -> bool:
        """Whether this machine was started anew since, of a process that had no lease yet."""
        named_so = self.namespace == _UNKNOWN and self.host == socket.gethostname()
        return named_so and _NONE not in {self.boot, _boot()} and self.boot != _boot()

    @property
    def is_from_here(self) -> bool:
        """Whether the number means here what it meant to the process that wrote it."""
        same_host = self.host == socket.gethostname()
        if self.boot != _boot() or (self.boot == _NONE and not same_host):
            return False
        # Without its namespace, only the host tells a container from its machine.
        return same_host if self.namespace == _UNKNOWN else self.namespace == _namespace()


def this_process() -> str:
    """Name this process: host, boot, namespace of process numbers, number and start time."""
    number = os.getpid()
    return f"{socket.gethostname()} {_boot()} {_namespace()} {number} {_own_start()}"


def is_alive(name: str) -> bool | None:
    """Tell whether a named process still runs.

    None where nothing is known: it is of another machine or container, or of another boot (whose
    machine may run on, for copies of a machine have one host name), or the name cannot be parsed.
    In a name of four parts another boot of this host is the end of its processes: they have no
    lease by which more could be known.
    """
    known = _parsed(name)
    if known and known.is_of_earlier_boot:
        return False
    if known is None or not known.is_from_here or not _shows_own_numbers():
        return None
    try:
        if psutil.Process(known.number).status() == psutil.STATUS_ZOMBIE:
            return False
        return _start(known.number) == known.start
    except psutil.NoSuchProcess:
        return False


def is_gone(name: str) -> bool:
    """Tell whether a named process has ended; False where nothing is known."""
    return is_alive(name) is False


def _parsed(name: str) -> _Name | None:
    parts = name.split()
    if len(parts) == 4:
        parts.insert(2, _UNKNOWN)
    try:
        host, boot, namespace, number, start = parts
        return _Name(host, boot, namespace, int(number), int(start))
    except ValueError:
        return None


def _start(number: int) -> int:
    """Return the start in ticks since boot, which a corrected clock does not change."""
    try:
        return _ticks(Path(f"/proc/{number}/stat"))
    except (FileNotFoundError, ProcessLookupError):
        return int(psutil.Process(number).create_time())


def _own_start() -> int:
    own = Path("/proc/self/stat")
    return _ticks(own) if own.is_file() else int(psutil.Process().create_time())


def _ticks(stat: Path) -> int:
    return int(stat.read_text(encoding="utf-8").rpartition(")")[2].split()[19])


def _shows_own_numbers() -> bool:
    """Tell whether /proc is that of this namespace; `unshare --pid` alone leaves the old one."""
    own = Path("/proc/self")
    return not own.is_symlink() or own.readlink().name == str(os.getpid())


def _boot() -> str:
    return _BOOT.read_text(encoding="utf-8").strip() if _BOOT.is_file() else _NONE


def _namespace() -> str:
    try:
        return str(_NAMESPACE.stat().st_ino)
    except OSError:
        return _NONE
