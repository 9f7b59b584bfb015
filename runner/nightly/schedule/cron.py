"""A task goes in; the user's crontab with exactly one line more, or less, comes out."""

import os
import shlex
import shutil
import subprocess
from datetime import time
from pathlib import Path

import psutil

from runner.errors import Refused
from runner.nightly.schedule.task import Installed, Task

LOG = "outputs/nightly.log"


def daily(at: time) -> str:
    """Write a time of every day as cron's five fields."""
    return f"{at.minute} {at.hour} * * *"


def install(task: Task, when: str) -> None:
    """Add the task to the crontab, or replace the folder's line; no other line is touched.

    Raises:
        Refused: there is no crontab, it cannot be read, or it does not take the line.
    """
    _write(without(_read(), task.folder, line(task, when)))


def uninstall(folder: Path) -> str:
    """Take the folder's line away; returns where it was, or nothing where there was none."""
    found = installed(folder)
    if not found:
        return ""
    _write(without(_read(), folder))
    return found.place


def installed(folder: Path) -> Installed | None:
    """Find the folder's line.

    Raises:
        Refused: the crontab cannot be read.
    """
    text = _read() if shutil.which("crontab") else ""
    for each in text.split("\n"):
        if _is_own(each, folder):
            word, *rest = each.split()
            fields = "" if word.startswith("@") else " ".join([word, *rest[:4]])
            return Installed("cron", fields or word, "crontab -l", fields, _warning())
    return None


def line(task: Task, when: str) -> str:
    """Write the crontab's line, which needs no PATH and is told by its end.

    The variables stand in it as they are, passwords too: a crontab is its user's alone.
    """
    pairs = [f"{name}={shlex.quote(value)}" for name, value in task.variables.items()]
    variables = f"export {' '.join(pairs)} && " if pairs else ""
    text = (
        f"cd {shlex.quote(str(task.folder))} && {variables}/bin/mkdir -p outputs && "
        f"exec {shlex.join(task.command)} >> {LOG} 2>&1{_tag(task.folder)}"
    )
    return f"{when} {_escaped(text)}"


def without(text: str, folder: Path, instead: str = "") -> str:
    """Drop the folder's line from a crontab's text, or put another in its place."""
    lines = text.split("\n")
    # After the last line break there is nothing, or a line that lacks its end.
    last = lines.pop()
    lines += [last] if last else []
    if not instead:
        kept = [each for each in lines if not _is_own(each, folder)]
    elif not any(_is_own(each, folder) for each in lines):
        kept = [*lines, instead]
    else:
        first = next(number for number, each in enumerate(lines) if _is_own(each, folder))
        rest = [each for each in lines[first:] if not _is_own(each, folder)]
        kept = [*lines[:first], instead, *rest]
    return "".join(f"{each}\n" for each in kept)


def _tag(folder: Path) -> str:
    """Return the end of a folder's line, which is a comment to the shell."""
    return f" # runner.nightly {folder}"


def _escaped(text: str) -> str:
    """Cron takes a bare percent for a line break."""
    return text.replace("%", "\\%")


def _is_own(each: str, folder: Path) -> bool:
    """Tell the folder's line; one that the user has commented out is the user's."""
    return each.endswith(_escaped(_tag(folder))) and not each.lstrip().startswith("#")


def _read() -> str:
    """Read the crontab; a byte that is not UTF-8 comes back as it was."""
    done = _crontab("-l")
    problem = done.stderr.decode(errors="replace")
    if done.returncode == 0:
        return done.stdout.decode(errors="surrogateescape")
    if "no crontab" in problem or "No such file" in problem:
        return ""
    raise Refused(f"--cron: the crontab cannot be read ({_said(problem)}); take --systemd")


def _write(text: str) -> None:
    done = _crontab("-", text) if text else _crontab("-r")
    if done.returncode:
        problem = done.stderr.decode(errors="replace")
        raise Refused(f"--cron: crontab did not take the line ({_said(problem)})")


def _crontab(argument: str, text: str = "") -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            ["crontab", argument],
            input=text.encode(errors="surrogateescape"),
            # What it says where there is none yet must be known.
            env={**os.environ, "LC_ALL": "C"},
            capture_output=True,
            check=False,
        )
    except OSError:
        raise Refused(
            "--cron: needs the program crontab (Debian's package cron); or take --systemd"
        ) from None


def _said(problem: str) -> str:
    return " ".join(problem.split()) or "it gives no reason"


def _warning() -> str:
    """Warn where nothing will run the line; a daemon outside a container is not seen."""
    names = {process.info["name"] for process in psutil.process_iter(["name"])}
    if names & {"cron", "crond"}:
        return ""
    return "no cron daemon is seen to run here: start it, as by `service cron start`"
