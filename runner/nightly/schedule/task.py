"""Describe what a scheduler runs every night, and a schedule that is installed."""

import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from pathlib import Path

from runner.errors import Refused
from runner.settings.experiment_name import ID, NAME

# Variables that change what a night does; a scheduler does not know those of the shell.
_VARIABLES = ("MLFLOW_TRACKING_URI", "RUNNER_DATA", NAME, ID)
# No file of a scheduler can hold a line break, and whoever lists it sees the others at work.
_CONTROL, _WORDS = r"\x00-\x1f\x7f-\x9f", "a line break, another control character"


@dataclass(frozen=True)
class Task:
    """What a scheduler runs, in which folder, and with which variables."""

    folder: Path
    command: tuple[str, ...]
    variables: Mapping[str, str]


@dataclass(frozen=True)
class Schedule:
    """A schedule that is installed, and the place where it stands.

    `when` is what is written there; `cron_fields` are the five fields of a crontab that say the
    same, empty where `when` is not understood.
    """

    kind: str
    when: str
    place: str
    cron_fields: str
    warning: str = ""


def parse_time(text: str) -> time:
    """Read a time of day, as `02:30`.

    Raises:
        Refused: it is none.
    """
    if not re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", text, re.ASCII):
        raise Refused(f"--at={text}: must be HH:MM, from 00:00 to 23:59, in local time")
    hour, minute = map(int, text.split(":"))
    return time(hour, minute)


def make_task(folder: Path, arguments: Sequence[str]) -> Task:
    """Make the task of a folder's nights, with the variables that are set now.

    Raises:
        Refused: no scheduler's file can hold one of the texts.
    """
    command = (sys.executable, "-m", "runner.nightly", *arguments)
    variables = {name: os.environ[name] for name in _VARIABLES if os.environ.get(name)}
    for text in (str(folder), *command):
        name = "the folder" if text == str(folder) else "the command"
        _check(name, text, rf"[{_CONTROL}\\$]", f"{_WORDS}, a backslash or a dollar")
    for name, text in variables.items():
        _check(name, text, rf"[{_CONTROL}\\]", f"{_WORDS} or a backslash")
    return Task(folder, command, variables)


def _check(name: str, text: str, pattern: str, words: str) -> None:
    if re.search(pattern, text):
        raise Refused(f"install: {name} {text!r} must be without {words}")
