"""Run one of the runner's modules in a process of its own.

This is how code that needs TensorFlow is called from a process that must not import it.
"""

import os
import re
import signal
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from runner.errors import RunnerError
from runner.process.encoding import UTF8

_NO_VARIABLES: Mapping[str, str] = {}
_NO_MEMORY = re.compile(
    r"MemoryError|bad_alloc|OOM when allocating|Unable to allocate|[Cc]annot allocate memory"
    r"|failed to allocate|ResourceExhausted|RESOURCE_EXHAUSTED"
)

# What ends a process from outside: its own code would abort, or be out of its bounds.
_FROM_OUTSIDE = {
    -number for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
}

# The exit code of a process that has said on standard error, in one line, why it failed.
EXPLAINED = 3


class Fault(Exception):
    """A fault of ours in a process of its own; a note holds the traceback from there."""

    def __init__(self, text: str, traceback: str) -> None:
        super().__init__(text)
        self.add_note(traceback)


@dataclass(frozen=True)
class Limits:
    """Say what a process may take, with all that it starts.

    Attributes:
        memory: bytes that it may allocate.
        seconds: time until it must have ended.
    """

    memory: int
    seconds: float


class Exhausted(RunnerError):
    """A process has taken more than it may; the text goes on after its name."""


def run(
    module: str,
    *arguments: str,
    stdin: str = "",
    environment: Mapping[str, str] = _NO_VARIABLES,
    limits: Limits | None = None,
    folder: Path | None = None,
) -> "subprocess.CompletedProcess[str]":
    """Run a module in the working folder, without importing modules from that folder.

    One that is killed from outside, by an operator or by a machine that is short of memory, is run
    once more: its end says nothing of what it was to look at.

    Whatever interrupts the wait, SIGTERM or Ctrl-C say, kills the process and all that it started.

    Args:
        module: dotted name, as after `python -m`.
        arguments: command-line arguments of the module.
        stdin: text that the process reads on its standard input.
        environment: variables that the process gets in addition to those of this one.
        limits: what it may take; None for anything.
        folder: where it runs, in place of the working folder.

    Returns:
        The exit code, standard output and standard error; other failures raise nothing.

    Raises:
        Exhausted: it took longer, or died of a lack of memory.
    """
    # Importing it takes a while, which a process that is only to check a file need not wait for.
    from hydra.utils import to_absolute_path

    limited = ["runner.process.limits", str(limits.memory)] if limits else []
    command = [sys.executable, "-P", "-m", *limited, module, *arguments]
    place = folder or Path(to_absolute_path("."))
    process = _run(command, stdin, environment, limits, place)
    if process.returncode in _FROM_OUTSIDE:
        process = _run(command, stdin, environment, limits, place)
    if limits and _died_of_memory(process.returncode, process.stderr):
        raise too_much_memory(limits)
    return process


def _run(
    command: Sequence[str],
    stdin: str,
    environment: Mapping[str, str],
    limits: Limits | None,
    folder: Path,
) -> "subprocess.CompletedProcess[str]":
    # A process that is killed leaves what it has in its temporary folder.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            cwd=folder,
            env={**os.environ, **UTF8, **search_path(), "TMPDIR": temporary, **environment},
            process_group=0,
            encoding="utf-8",
        )
        out, err = _communicate(process, stdin, limits)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def _communicate(
    process: "subprocess.Popen[str]", stdin: str, limits: Limits | None
) -> tuple[str, str]:
    with process:
        try:
            return process.communicate(stdin, timeout=limits.seconds if limits else None)
        except BaseException as error:
            # The process has a group of its own, in which all are that it has started.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            if limits and isinstance(error, subprocess.TimeoutExpired):
                raise Exhausted(f"took more than {limits.seconds / 60:g} minutes") from None
            raise


def _died_of_memory(code: int, text: str) -> bool:
    return code == -signal.SIGKILL or (code not in (0, EXPLAINED) and lacks_memory(text))


def lacks_memory(text: str) -> bool:
    """Tell whether Python, NumPy, TensorFlow or the C++ library say so of a failed allocation."""
    return bool(_NO_MEMORY.search(text))


def too_much_memory(limits: Limits) -> Exhausted:
    """Return the failure of a process that wanted more memory than it may have."""
    return Exhausted(f"took more than {limits.memory / 1e9:.1f} GB of memory")


def require_no_fault(process: "subprocess.CompletedProcess[str]") -> None:
    """Go on where a process has finished, or has explained why it could not.

    Raises:
        Fault: an exception that it did not expect has ended it.
    """
    if process.returncode not in (0, EXPLAINED) and "Traceback" in process.stderr:
        raise Fault(process.stderr.strip().splitlines()[-1], process.stderr)


def search_path() -> Mapping[str, str]:
    """Return variables that let a process import this package; an installed one needs none."""
    root = str(Path(__file__).parents[2])
    if root in (sysconfig.get_path("purelib"), sysconfig.get_path("platlib")):
        return {}
    inherited = os.environ.get("PYTHONPATH")
    return {"PYTHONPATH": os.pathsep.join([root, inherited] if inherited else [root])}
