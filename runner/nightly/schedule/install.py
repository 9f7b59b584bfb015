"""A time and a scheduler go in; a folder's one schedule, installed, told or taken away, comes out.

python -m runner.nightly install --systemd|--cron --at 02:30
"""

import argparse
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from runner.errors import Refused
from runner.nightly.schedule import cron, systemd
from runner.nightly.schedule.task import Installed, clock, next_night, task_of

_DONE = 0
_SCHEDULERS = {"systemd": systemd, "cron": cron}
_HINT = "python -m runner.nightly install --systemd|--cron --at 02:30"


def add_install(commands: Any) -> argparse.ArgumentParser:
    """Add `install` to the subparsers of a command line.

    Args:
        commands: what `add_subparsers` returns; argparse has no public name for its type.
    """
    made: argparse.ArgumentParser = commands.add_parser(
        "install",
        help="run a night in this folder every day",
        description="Run a night in this folder every day, with this Python and with the "
        "MLFLOW_TRACKING_URI and RUNNER_DATA set now, in place of any schedule that it had.",
        allow_abbrev=False,
    )
    kind = made.add_mutually_exclusive_group(required=True)
    for name, words in (("systemd", "a timer of the user"), ("cron", "a line in the crontab")):
        kind.add_argument(f"--{name}", dest="kind", action="store_const", const=name, help=words)
    made.add_argument("--at", default="02:30", metavar="HH:MM", help="default: %(default)s")
    # Suppressed, it leaves alone what the command itself may have been given.
    made.add_argument(
        "--config", default=argparse.SUPPRESS, metavar="FILE", help="the nights' settings"
    )
    made.add_argument(
        "arguments", nargs="*", metavar="-- ARGUMENT", help="passed on to each night as it is"
    )
    return made


def act_install(arguments: argparse.Namespace) -> int:
    """Install what the command line asks for, and say what runs when.

    Raises:
        Refused: a value cannot be worked with, or the scheduler does not take it.
    """
    command = [*_config(getattr(arguments, "config", None)), *arguments.arguments]
    print("\n".join(install(arguments.kind, arguments.at, command, Path.cwd())))
    return _DONE


def add_uninstall(commands: Any) -> argparse.ArgumentParser:
    """Add `uninstall` to the subparsers of a command line."""
    made: argparse.ArgumentParser = commands.add_parser(
        "uninstall", help="run no more nights in this folder", allow_abbrev=False
    )
    return made


def act_uninstall(_: argparse.Namespace) -> int:
    """Take this folder's schedule away, and say so.

    Raises:
        Refused: the crontab cannot be read or written.
    """
    print("\n".join(uninstall(Path.cwd())))
    return _DONE


def install(kind: str, at: str, arguments: Sequence[str], folder: Path) -> list[str]:
    """Run a night in the folder every day, and by no other scheduler; returns lines to print.

    Args:
        kind: `systemd` or `cron`.
        arguments: those of each night's command.

    Raises:
        Refused: a value cannot be worked with, or the scheduler does not take it.
    """
    time, task = clock(at), task_of(folder, arguments)
    chosen = _SCHEDULERS[kind]
    chosen.install(task, chosen.daily(time))
    for other in _SCHEDULERS.values():
        # A crontab that this user may not use holds nothing of ours.
        with suppress(Refused):
            if other is not chosen:
                other.uninstall(folder)
    return status_lines(folder)


def uninstall(folder: Path) -> list[str]:
    """Take the folder's schedule away, whichever it is; returns lines to print."""
    taken = [(kind, each.uninstall(folder)) for kind, each in _SCHEDULERS.items()]
    lines = [f"schedule: taken away from {kind} ({place})" for kind, place in taken if place]
    return lines or [f"schedule: none in {folder}, so nothing was taken away"]


def installed(folder: Path) -> list[Installed]:
    """Find the folder's schedules: one, unless another was written by hand."""
    found = [each.installed(folder) for each in _SCHEDULERS.values()]
    return [each for each in found if each]


def next_start(folder: Path, now: datetime | None = None) -> datetime | None:
    """Return when the next night begins, in local time; None where none is known."""
    return _earliest(installed(folder), now or datetime.now())


def status_lines(folder: Path | None = None) -> list[str]:
    """Say which schedule the folder, by default this one, has, and when its next night begins."""
    here = folder or Path.cwd()
    try:
        found = installed(here)
    except Refused as refusal:
        return [f"schedule: unknown; {refusal}"]
    if not found:
        return [f"schedule: none in {here}; {_HINT}"]
    lines = [f"schedule: {each.kind}, {each.written} ({each.place})" for each in found]
    start = _earliest(found, datetime.now())
    lines.append(f"next night: {start:%Y-%m-%d %H:%M}" if start else "next night: as written there")
    return lines + [f"{each.kind}: {each.warning}" for each in found if each.warning]


def _earliest(found: Sequence[Installed], now: datetime) -> datetime | None:
    starts = [next_night(each.fields, now) for each in found]
    return min((each for each in starts if each), default=None)


def _config(given: object) -> list[str]:
    """Make the settings' file absolute: the scheduler runs in the folder, but people move."""
    if given is None:
        return []
    path = Path(str(given)).expanduser().absolute()
    if not path.is_file():
        raise Refused(f"--config={given}: must be a file")
    return ["--config", str(path)]
