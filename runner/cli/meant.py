"""Say after a refusal which option of a command line, or of a group, may have been meant."""

import argparse
import re
from collections.abc import Iterator

from runner.settings.suggestion import suggestion

_UNKNOWN = re.compile(r"unrecognized arguments: .*?(?P<typed>--?\w[\w-]*)")
# Python 3.11 puts the names in quotes.
_CHOICE = re.compile(r"invalid choice: '(?P<typed>.*?)' \(choose from (?P<known>.*)\)$")
_NO_OPTION = re.compile(
    r"Could not find '(?P<group>.+)/(?P<typed>[^/]*)' Available options in '.+': (?P<known>.+)$"
)
_NO_GROUP = re.compile(r"Could not override '(?P<typed>[\w.]+/[\w./]+)'")
_NOT_THERE = re.compile(r"Could not delete from config\. '(?P<typed>[\w./]+)' does not exist")
_HYDRAS = tuple(
    f"hydra/{group}"
    for group in ("launcher", "sweeper", "job_logging", "hydra_logging", "help", "hydra_help")
)


def meant(message: str, parser: argparse.ArgumentParser) -> str:
    """Return the end of a line that suggests what was meant; empty where nothing is alike.

    Args:
        message: of a parser that refuses a command line.
    """
    unknown = _UNKNOWN.search(message)
    if unknown:
        return suggestion(unknown["typed"], sorted(_options(parser)))
    choice = _CHOICE.search(message)
    if choice:
        return suggestion(choice["typed"], choice["known"].replace("'", "").split(", "))
    return ""


def no_choice(line: str, top: str) -> str | None:
    """Say in which group there is no such option, or that there is no such group.

    None for a failure of something else.

    Args:
        line: the text of a failure of Hydra's.
        top: the names at the top level, as `known_settings` lists them.
    """
    option = _NO_OPTION.search(line)
    if option:
        known = option["known"].split()
        typed = f"{option['group']}={option['typed']}"
        end = suggestion(option["typed"], known)
        return f"{typed}: must be one of {', '.join(known)}{end}"
    group = _NO_GROUP.search(line)
    if group:
        known, accepted = [*_HYDRAS, *top.split(", ")], ", ".join(_HYDRAS)
        end = suggestion(group["typed"], known)
        return f"{group['typed']}: no such group; with a slash, there are {accepted}{end}"
    gone = _NOT_THERE.search(line)
    if gone:
        end = suggestion(gone["typed"], top.split(", "))
        return f"~{gone['typed']}: there is no such setting to take away{end}"
    return None


def _options(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Name the options of a parser and of its commands."""
    yield from vars(parser)["_option_string_actions"]
    for action in vars(parser)["_actions"]:
        if isinstance(action.choices, dict):
            for command in action.choices.values():
                yield from _options(command)
