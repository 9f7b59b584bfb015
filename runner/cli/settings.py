"""Explain settings: what each means, which values it takes, and what it is unless it is given.

python -m runner settings schedule.epochs
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from textwrap import wrap

from rich.console import Console

from runner.cli import command, failure
from runner.errors import Refused
from runner.escaping.terminal import prepare_streams
from runner.process.encoding import use_utf8
from runner.settings.descriptions import GroupDescription, descriptions
from runner.settings.suggestion import suggestion

_INDENT = "    "


def main() -> None:
    """Enter from the command line."""
    use_utf8()
    prepare_streams()
    made = command.Parser(
        prog="python -m runner settings",
        description="Explain settings: what each means, which values it takes, its default.",
        epilog="Exit code: 0 done, 2 there is no such setting.",
        allow_abbrev=False,
    )
    known = "a group, as in schedule, or a setting, as in schedule.epochs or epochs; default: all"
    made.add_argument("names", metavar="GROUP|SETTING", nargs="*", help=known)
    made.add_argument("--json", action="store_true", help="print JSON for other programs")
    arguments = made.parse_args()
    try:
        groups = _found(arguments.names)
    except Refused as refusal:
        made.error(str(refusal))
    values = [asdict(setting) for group in groups for setting in group.settings]
    command.show(arguments, values, *_lines(groups))
    raise SystemExit(failure.DONE)


def _found(names: Sequence[str]) -> list[GroupDescription]:
    """Return the groups with those of their settings that are asked for; all for no name.

    Raises:
        Refused: there is no group or setting of a name.
    """
    groups = descriptions()
    if not names:
        return groups
    asked = {found for typed in names for found in _named(_setting(typed), groups)}
    parts = (
        (group, tuple(setting for setting in group.settings if setting.name in asked))
        for group in groups
    )
    return [
        GroupDescription(group.name, group.purpose, settings)
        for group, settings in parts
        if settings
    ]


def _named(name: str, groups: Sequence[GroupDescription]) -> list[str]:
    """Return the settings of that name: of the group, or the setting itself, or in any group.

    Raises:
        Refused: there is none.
    """
    known = {setting.name: group.name for group in groups for setting in group.settings}
    found = [setting for setting, group in known.items() if name in (setting, group)]
    found = found or [setting for setting in known if setting.rpartition(".")[2] == name]
    if not found or not name:
        raise Refused(_unknown(name, groups))
    return found


def _setting(typed: str) -> str:
    """Take the name out of an override, as in `+schedule.epochs=3`."""
    return re.sub(r"^[+~]+", "", typed).partition("=")[0]


def _unknown(name: str, groups: Sequence[GroupDescription]) -> str:
    named = [group.name for group in groups if group.name]
    whole = [setting.name for group in groups for setting in group.settings]
    short = [setting.rpartition(".")[2] for setting in whole]
    end = suggestion(name, [*named, *whole, *short])
    return f"{name}: no such setting or group; the groups are {', '.join(named)}{end}"


def _lines(groups: Sequence[GroupDescription]) -> Iterator[str]:
    console = Console()
    width = console.width if console.is_terminal else None
    for number, group in enumerate(groups):
        yield from [""] * bool(number)
        yield from _wrapped(f"{group.name}: {group.purpose}", "", width) if group.name else ()
        for setting in group.settings:
            yield f"  {setting.name}={setting.default}"
            yield from _wrapped(setting.meaning, _INDENT, width)
            yield from _wrapped(f"Accepted: {setting.accepted}.", _INDENT, width)


def _wrapped(text: str, indent: str, width: int | None) -> list[str]:
    if width is None:
        return [f"{indent}{text}"]
    return wrap(
        text, width, initial_indent=indent, subsequent_indent=indent, break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
