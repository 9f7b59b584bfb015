"""Run one of the runner's modules in a process of its own.

This is how code that needs TensorFlow is called from a process that must not import it.
"""

import os
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, cast

from hydra.utils import to_absolute_path

_NO_VARIABLES: Mapping[str, str] = {}


# The exit code of a process that has said on standard error, in one line, why it failed.
EXPLAINED = 3


class Fault(Exception):
    """A fault of ours in a process of its own; a note holds the traceback from there."""

    def __init__(self, text: str, traceback: str) -> None:
        super().__init__(text)
        self.add_note(traceback)


def run(
    module: str, *arguments: str, stdin: str = "", environment: Mapping[str, str] = _NO_VARIABLES
) -> "subprocess.CompletedProcess[str]":
    """Run a module in the working folder, without importing modules from that folder.

    Args:
        module: dotted name, as after `python -m`.
        arguments: command-line arguments of the module.
        stdin: text that the process reads on its standard input.
        environment: variables that the process gets in addition to those of this one.

    Returns:
        The exit code, standard output and standard error; a failure raises nothing.
    """
    return subprocess.run(
        [sys.executable, "-P", "-m", module, *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        cwd=to_absolute_path("."),
        env={**os.environ, **_search_path(), **environment},
    )


def require_no_fault(process: "subprocess.CompletedProcess[str]") -> None:
    """Go on where a process has finished, or has explained why it could not.

    Raises:
        Fault: an exception that it did not expect has ended it.
    """
    if process.returncode not in (0, EXPLAINED) and "Traceback" in process.stderr:
        raise Fault(process.stderr.strip().splitlines()[-1], process.stderr)


def stream(
    arguments: Sequence[str],
    show: Callable[[str], object],
    stdin: str = "",
    environment: Mapping[str, str] = _NO_VARIABLES,
) -> int:
    """Run Python in the working folder, hand on each line that it prints, and return its exit code.

    Whatever interrupts the wait, Ctrl-C say, ends the process too, by SIGTERM, so that it can
    close what it has open.

    Args:
        arguments: what follows `python`.
        show: called with each line of standard output and standard error.
        stdin: text that the process reads on its standard input.
        environment: variables that the process gets in addition to those of this one.
    """
    process = subprocess.Popen(
        [sys.executable, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env={**os.environ, "PYTHONUNBUFFERED": "1", **_search_path(), **environment},
    )
    written, printed = cast(IO[str], process.stdin), cast(IO[str], process.stdout)
    with process:
        try:
            written.write(stdin)
            written.close()
            for line in printed:
                show(line)
            return process.wait()
        except BaseException:
            process.terminate()
            process.wait()
            raise


def _search_path() -> Mapping[str, str]:
    """Let the process import this package; an installed one is found without help."""
    root = str(Path(__file__).parents[2])
    if root in (sysconfig.get_path("purelib"), sysconfig.get_path("platlib")):
        return {}
    inherited = os.environ.get("PYTHONPATH")
    return {"PYTHONPATH": os.pathsep.join([root, inherited] if inherited else [root])}
