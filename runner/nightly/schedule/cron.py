"""Add a task's line to the user's crontab, find it there, or remove it."""

import os
import re
import shlex
import shutil
import subprocess
from datetime import time
from pathlib import Path

import psutil

from runner.errors import Refused
from runner.nightly.schedule.task import Schedule, Task

LOG = "outputs/nightly.log"
# What a shell reads up to a comment: quoted texts whole, and a # only inside of a word.
_COMMAND = re.compile(r"""(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|(?<! )\#|(?!\ \#)[^'"\\#])*""", re.S)


def daily(at: time) -> str:
    """Write a time of every day as cron's five fields."""
    return f"{at.minute} {at.hour} * * *"


def install(task: Task, when: str) -> None:
    """Add the task to the crontab, or replace the folder's line; no other line is touched.

    Raises:
        Refused: there is no crontab, it cannot be read, or it does not take the line.
    """
    _write(replace_line(_read(), task.folder, line(task, when)))


def preview(task: Task, when: str) -> list[str]:
    """Return what would be added to the crontab."""
    return ["crontab:", line(task, when)]


def uninstall(folder: Path) -> str:
    """Remove the folder's line; returns where it was, or nothing where there was none.

    Raises:
        Refused: the crontab cannot be read or written.
    """
    schedule = find(folder)
    if not schedule:
        return ""
    _write(replace_line(_read(), folder))
    return schedule.place


def find(folder: Path) -> Schedule | None:
    """Find the folder's line.

    Raises:
        Refused: the crontab cannot be read.
    """
    text = _read() if shutil.which("crontab") else ""
    for entry in text.split("\n"):
        if _is_own(entry, folder):
            word, *rest = entry.split()
            fields = "" if word.startswith("@") else " ".join([word, *rest[:4]])
            return Schedule("cron", fields or word, "crontab -l", fields, _warning())
    return None


def line(task: Task, when: str) -> str:
    """Write the crontab's line, which needs no PATH and is recognized by its end.

    The variables stand in it as they are, passwords too: a crontab is its user's alone.
    """
    pairs = [f"{name}={shlex.quote(value)}" for name, value in task.variables.items()]
    variables = f"export {' '.join(pairs)} && " if pairs else ""
    text = (
        f"cd {shlex.quote(str(task.folder))} && {variables}/bin/mkdir -p outputs && "
        f"exec {shlex.join(task.command)} >> {LOG} 2>&1{_tag(task.folder)}"
    )
    return f"{when} {_escaped(text)}"


def replace_line(text: str, folder: Path, new: str = "") -> str:
    """Replace the folder's line in a crontab's text, add it, or remove it where `new` is empty."""
    lines = text.split("\n")
    # After the last line break there is nothing, or a line that lacks its end.
    last = lines.pop()
    lines += [last] if last else []
    own = [_is_own(entry, folder) for entry in lines]
    place = own.index(True) if True in own else len(lines)
    others = [entry for entry, is_own in zip(lines, own, strict=True) if not is_own]
    if new:
        # No line before the place is the folder's own.
        others.insert(place, new)
    return "".join(f"{entry}\n" for entry in others)


def _tag(folder: Path) -> str:
    """Return the end of a folder's line, which is a comment to the shell."""
    return f" # runner.nightly {folder}"


def _escaped(text: str) -> str:
    """Escape percents, which cron takes for line breaks."""
    return text.replace("%", "\\%")


def _is_own(line: str, folder: Path) -> bool:
    """Recognize the folder's line; one that the user has commented out is the user's.

    Its end alone does not tell it: the folder of another line may have such an end.
    """
    if line.lstrip().startswith("#"):
        return False
    command = _COMMAND.match(line)
    return command is not None and line[command.end() :] == _escaped(_tag(folder))


def _read() -> str:
    """Read the crontab; a byte that is not UTF-8 comes back as it was."""
    done = _crontab("-l")
    problem = done.stderr.decode(errors="replace")
    if done.returncode == 0:
        return done.stdout.decode(errors="surrogateescape")
    if "no crontab" in problem or "No such file" in problem:
        return ""
    raise Refused(f"--cron: the crontab cannot be read ({_one_line(problem)}); take --systemd")


def _write(text: str) -> None:
    done = _crontab("-", text) if text else _crontab("-r")
    if done.returncode:
        problem = done.stderr.decode(errors="replace")
        raise Refused(f"--cron: crontab did not take the line ({_one_line(problem)})")


def _crontab(argument: str, text: str = "") -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            ["crontab", argument],
            input=text.encode(errors="surrogateescape"),
            # Its message where there is no crontab yet is compared with English.
            env={**os.environ, "LC_ALL": "C"},
            capture_output=True,
            check=False,
        )
    except OSError:
        raise Refused(
            "--cron: needs the program crontab (Debian's package cron); or take --systemd"
        ) from None


def _one_line(problem: str) -> str:
    return " ".join(problem.split()) or "it gives no reason"


def _warning() -> str:
    """Warn where nothing will run the line; a daemon outside a container is not seen."""
    names = {process.info["name"] for process in psutil.process_iter(["name"])}
    if names & {"cron", "crond"}:
        return ""
    return "no cron daemon is seen to run here: start it, as by `service cron start`"
