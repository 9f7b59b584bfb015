"""Run Python in a process of its own, and hand on what it prints as soon as it does."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import IO, cast

from runner.process.encoding import UTF8
from runner.process.isolated import search_path

_NO_VARIABLES: Mapping[str, str] = {}


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
        env={**os.environ, **UTF8, "PYTHONUNBUFFERED": "1", **search_path(), **environment},
        encoding="utf-8",
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
