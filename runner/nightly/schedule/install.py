"""Install a folder's one schedule with cron or systemd, say which it has, or remove it.

python -m runner.nightly install --systemd|--cron --at 02:30
"""

import argparse
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from runner.errors import Refused
from runner.escaping.terminal import say
from runner.nightly.schedule import cron, systemd
from runner.nightly.schedule.cron_fields import next_time
from runner.nightly.schedule.task import Schedule, make_task, parse_time
from runner.settings.address_mask import masked

_DONE = 0
_SCHEDULERS = {"systemd": systemd, "cron": cron}
_HINT = "python -m runner.nightly install --systemd|--cron --at 02:30"


def add_install(commands: Any) -> argparse.ArgumentParser:
    """Add `install` to the subparsers of a command line.

    Args:
        commands: what `add_subparsers` returns; argparse has no public name for its type.
    """
    parser: argparse.ArgumentParser = commands.add_parser(
        "install",
        help="run a night in this folder every day",
        description="Run a night in this folder every day, with this Python and with those of "
        "MLFLOW_TRACKING_URI, MLFLOW_EXPERIMENT_NAME, MLFLOW_EXPERIMENT_ID and RUNNER_DATA "
        "that are set now, in place of any schedule that it had.",
        allow_abbrev=False,
    )
    kind = parser.add_mutually_exclusive_group(required=True)
    for name, words in (("systemd", "a timer of the user"), ("cron", "a line in the crontab")):
        kind.add_argument(f"--{name}", dest="kind", action="store_const", const=name, help=words)
    parser.add_argument("--at", default="02:30", metavar="HH:MM", help="default: %(default)s")
    # Suppressed, it leaves alone what the command itself may have been given.
    parser.add_argument(
        "--config", default=argparse.SUPPRESS, metavar="FILE", help="the nights' settings"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="print what would be installed, and install nothing"
    )
    parser.add_argument(
        "arguments", nargs="*", metavar="-- ARGUMENT", help="passed on to each night as it is"
    )
    return parser


def act_install(arguments: argparse.Namespace) -> int:
    """Install what the command line asks for, and say what runs when.

    Raises:
        Refused: a value cannot be worked with, or the scheduler does not take it.
    """
    command = [*_config(getattr(arguments, "config", None)), *arguments.arguments]
    act = preview if arguments.dry_run else install
    say(*act(arguments.kind, arguments.at, command, Path.cwd()))
    return _DONE


def add_uninstall(commands: Any) -> argparse.ArgumentParser:
    """Add `uninstall` to the subparsers of a command line."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "uninstall", help="run no more nights in this folder", allow_abbrev=False
    )
    return parser


def act_uninstall(_: argparse.Namespace) -> int:
    """Remove this folder's schedule, and say so.

    Raises:
        Refused: the crontab cannot be read or written.
    """
    say(*uninstall(Path.cwd()))
    return _DONE


def install(kind: str, at: str, arguments: Sequence[str], folder: Path) -> list[str]:
    """Run a night in the folder every day, and by no other scheduler; returns lines to print.

    Args:
        kind: `systemd` or `cron`.
        arguments: those of each night's command.

    Raises:
        Refused: a value cannot be worked with, or the scheduler does not take it.
    """
    time, task = parse_time(at), make_task(folder, arguments)
    scheduler = _SCHEDULERS[kind]
    scheduler.install(task, scheduler.daily(time))
    for other in _SCHEDULERS.values():
        # A crontab that this user may not use holds nothing of ours.
        with suppress(Refused):
            if other is not scheduler:
                other.uninstall(folder)
    return status_lines(folder)


def preview(kind: str, at: str, arguments: Sequence[str], folder: Path) -> list[str]:
    """Return what `install` would write, and what it would take away; a password is masked.

    Args:
        kind: `systemd` or `cron`.
        arguments: those of each night's command.

    Raises:
        Refused: a value cannot be worked with.
    """
    time, task = parse_time(at), make_task(folder, arguments)
    shown = {name: masked(value) for name, value in task.variables.items()}
    scheduler = _SCHEDULERS[kind]
    lines = scheduler.preview(replace(task, variables=shown), scheduler.daily(time))
    found: list[Schedule] = []
    with suppress(Refused):
        found = schedules(folder)
    gone = (f"in place of: {each.kind}, {each.when} ({each.place})" for each in found)
    return [*lines, *gone, "nothing was installed"]


def uninstall(folder: Path) -> list[str]:
    """Remove the folder's schedule, whichever it is; returns lines to print.

    Raises:
        Refused: the crontab cannot be read or written.
    """
    places = {kind: scheduler.uninstall(folder) for kind, scheduler in _SCHEDULERS.items()}
    lines = [
        f"schedule: taken away from {kind} ({place})" for kind, place in places.items() if place
    ]
    return lines or [f"schedule: none in {folder}, so nothing was taken away"]


def schedules(folder: Path) -> list[Schedule]:
    """Find the folder's schedules: one, unless another was written by hand.

    Raises:
        Refused: the crontab cannot be read.
    """
    found = [scheduler.find(folder) for scheduler in _SCHEDULERS.values()]
    return [schedule for schedule in found if schedule]


def next_start(folder: Path, now: datetime | None = None) -> datetime | None:
    """Return when the next night begins, in local time; None where none is known.

    Raises:
        Refused: the crontab cannot be read.
    """
    return _earliest(schedules(folder), now or datetime.now())


def status_lines(folder: Path | None = None) -> list[str]:
    """Say which schedule the folder, by default this one, has, and when its next night begins."""
    here = folder or Path.cwd()
    try:
        found = schedules(here)
    except Refused as refusal:
        return [f"schedule: unknown; {refusal}"]
    if not found:
        return [f"schedule: none in {here}; {_HINT}"]
    lines = [f"schedule: {schedule.kind}, {schedule.when} ({schedule.place})" for schedule in found]
    start = _earliest(found, datetime.now())
    lines.append(f"next night: {start:%Y-%m-%d %H:%M}" if start else "next night: as written there")
    return lines + [
        f"{schedule.kind}: {schedule.warning}" for schedule in found if schedule.warning
    ]


def _earliest(found: Sequence[Schedule], now: datetime) -> datetime | None:
    starts = [next_time(schedule.cron_fields, now) for schedule in found]
    return min((start for start in starts if start), default=None)


def _config(path: object) -> list[str]:
    """Make the settings' file absolute: the scheduler runs in the folder, but people move."""
    if path is None:
        return []
    absolute = Path(str(path)).expanduser().absolute()
    if not absolute.is_file():
        raise Refused(f"--config={path}: must be a file")
    return ["--config", str(absolute)]
