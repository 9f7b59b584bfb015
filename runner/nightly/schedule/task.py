"""A clock time, a folder and a command go in; what is run when, and the next time, come out."""

import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

from runner.errors import Refused

# Variables that change what a night does; a scheduler does not know those of the shell.
_VARIABLES = ("MLFLOW_TRACKING_URI", "RUNNER_DATA")
_LIMITS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
# A 29th of February may be eight years away.
_DAYS_AHEAD = 8 * 366 + 1


@dataclass(frozen=True)
class Task:
    """What a scheduler runs, in which folder, and with which variables."""

    folder: Path
    command: tuple[str, ...]
    variables: Mapping[str, str]


@dataclass(frozen=True)
class Installed:
    """A schedule as it stands; the fields are cron's five, empty where they are not understood."""

    kind: str
    written: str
    place: str
    fields: str
    warning: str = ""


def clock(text: str) -> time:
    """Read a time of day.

    Raises:
        Refused: it is none.
    """
    if not re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", text, re.ASCII):
        raise Refused(f"--at={text}: must be HH:MM, from 00:00 to 23:59, in local time")
    hour, minute = map(int, text.split(":"))
    return time(hour, minute)


def task_of(folder: Path, arguments: Sequence[str]) -> Task:
    """Make the task of a folder's nights, with the variables that are set now.

    Raises:
        Refused: no scheduler's file can hold one of the texts.
    """
    command = (sys.executable, "-m", "runner.nightly", *arguments)
    variables = {name: os.environ[name] for name in _VARIABLES if os.environ.get(name)}
    for name, text in [("the folder", str(folder)), *(("the command", each) for each in command)]:
        _check(name, text, r"[\n\r\\$]", "a line break, a backslash or a dollar")
    for name, text in variables.items():
        _check(name, text, r"[\n\r\\]", "a line break or a backslash")
    return Task(folder, command, variables)


def next_night(fields: str, now: datetime) -> datetime | None:
    """Find the first minute after now, in local time, that cron's five fields stand for.

    None where there is none or the fields are not understood, as names of days are not.
    """
    try:
        read = [_values(*each) for each in zip(fields.split(), _LIMITS, strict=True)]
    except ValueError:
        return None
    minutes, hours, *dates = read
    for day in _days(fields, dates, now):
        for hour in sorted(hours):
            for minute in sorted(minutes):
                moment = datetime.combine(day, time(hour, minute))
                if moment > now:
                    return moment
    return None


def _check(name: str, text: str, pattern: str, words: str) -> None:
    if re.search(pattern, text):
        raise Refused(f"install: {name} {text!r} must be without {words}")


def _days(fields: str, dates: list[set[int]], now: datetime) -> Iterator[datetime]:
    """Go through the days that match, from today on."""
    days, months, weekdays = dates
    day_field, _, weekday_field = fields.split()[2:]
    # As in crontab(5): where both are restricted, either suffices.
    either = not day_field.startswith("*") and not weekday_field.startswith("*")
    for ahead in range(_DAYS_AHEAD):
        day = now + timedelta(days=ahead)
        fits = (day.day in days, bool({day.isoweekday(), day.isoweekday() % 7} & weekdays))
        if day.month in months and (any(fits) if either else all(fits)):
            yield day


def _values(field: str, limits: tuple[int, int]) -> set[int]:
    """Read one field of a crontab's line: numbers, ranges, steps and lists of them.

    Raises:
        ValueError: it is something else, or out of the limits.
    """
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = ("{}-{}".format(*limits) if span == "*" else span).partition("-")
        found |= set(range(int(first), int(last or first) + 1, int(step or 1)))
    if not found or min(found) < limits[0] or max(found) > limits[1]:
        raise ValueError(field)
    return found
