"""Run the user's own command that measures a file, one at a time on this machine."""

import json
import math
import os
import re
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from filelock import FileLock
from hydra.utils import to_absolute_path

from runner.errors import Refused, RunnerError
from runner.files import private_folder

PLACE = "{file}"
# What MLflow takes in the name of a metric, and people type without quotes. It reads names as
# paths, in which "." and ".." are folders.
_NAME = re.compile(r"(?!\.{1,2}\Z)[A-Za-z0-9_.-]{1,60}")
# Characters of what it prints that are looked at, from its end.
_PRINTED, _WORDS = 100_000, 300


class CommandFailed(RunnerError):
    """The command has no numbers for a file; the text says why, after its name."""


def words_of(command: str, path: Path) -> list[str]:
    """Split a command as a shell does, and put the path into it.

    Raises:
        ValueError: a quote is not closed.
    """
    # Put in afterwards: a path may hold blanks and quotes.
    return [word.replace(PLACE, str(path)) for word in shlex.split(command)]


def measure_by(command: str, path: Path, seconds: float, folder: Path) -> dict[str, float]:
    """Run the command for one file, in the working folder, and read the numbers that it prints.

    No other command of this user's runs at the same time on this machine. When it ends, or is
    ended, so are the processes that it started, but for those that left its process group, as with
    `setsid`: these go on.

    Args:
        seconds: after which it is ended.
        folder: holds the lock.

    Raises:
        CommandFailed: it cannot be run, fails, hangs, or prints something else.
    """
    try:
        with FileLock(private_folder.make(folder) / "command.lock", mode=0o600):
            printed = _run(words_of(command, path), seconds)
    except (OSError, ValueError, Refused) as error:
        raise CommandFailed(f"cannot be run ({error})") from None
    return _numbers(printed)


def _run(words: Sequence[str], seconds: float) -> str:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            cwd=to_absolute_path("."),
            process_group=0,
        )
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise CommandFailed(f"took more than {seconds:g} seconds") from None
        finally:
            # What it left behind has no business here either.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if code:
            said = _end_of(err) or _end_of(out)
            raise CommandFailed(f"ended with code {code}" + (f": {said}" if said else ""))
        return _tail(out)


def _numbers(printed: str) -> dict[str, float]:
    """Read the last line that it printed."""
    # Some shells put a mark before what they print.
    lines = printed.removeprefix("\ufeff").splitlines()
    line = next(filter(str.strip, reversed(lines)), "")
    if not line:
        raise CommandFailed('printed nothing; a line of JSON is wanted, as in {"ms": 12.5}')
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        raise CommandFailed(f"printed no JSON in its last line: {line.strip()[:_WORDS]}") from None
    if not isinstance(found, dict) or not found:
        raise CommandFailed(f"printed no numbers by name: {line.strip()[:_WORDS]}")
    return {name: _number(name, value) for name, value in found.items()}


def _number(name: str, value: Any) -> float:
    if not _NAME.fullmatch(name):
        raise CommandFailed(
            f"printed the name {name[:_WORDS]!r}; letters, digits and _ . - are taken, at most 60, "
            "but neither . nor .. alone"
        )
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise CommandFailed(f"printed {name}={json.dumps(value)[:_WORDS]}, which is no number")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise CommandFailed(f"printed {name}={str(value)[:_WORDS]}, which is no finite number")
    return number


def _tail(file: IO[bytes]) -> str:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(size - _PRINTED, 0))
    return file.read().decode(errors="replace")


def _end_of(file: IO[bytes]) -> str:
    lines = [line.strip() for line in _tail(file).splitlines() if line.strip()]
    return lines[-1][:_WORDS] if lines else ""
