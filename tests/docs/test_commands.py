"""Check that the command lines on the pages are accepted by the real parsers."""

import importlib
import re
import shlex
import sys
from collections.abc import Callable

import pytest
from omegaconf import DictConfig

from runner.cli.commands import MODULES
from runner.nightly.__main__ import _parser
from runner.settings import from_hydra
from tests.helpers.pages import PAGES, code_names, shell_lines

_COMMAND = re.compile(r"(?:^|\s)(?:\S*/)?python -m runner(\.\w+)?(?=\s|$)(.*)")
# Names in capitals stand for what a reader fills in.
_PLACEHOLDER = re.compile(r"(?<![\w/])(FOLDER|NAME|SWEEP|FILE)\b")


def _named(match: re.Match[str]) -> tuple[str, str]:
    """Return the module, and its arguments; a command may stand as a word of its own, too."""
    word, _, rest = match[2].strip().partition(" ")
    return (f".{word}", rest) if not match[1] and word in MODULES else (match[1] or "", match[2])


def _commands(module: str) -> list[str]:
    """Return the arguments of all command lines of one module, without those to be filled in."""
    lines = [line for page in PAGES for line in [*shell_lines(page), *code_names(page)]]
    found = [_named(match) for line in lines if (match := _COMMAND.search(line))]
    typed = {rest.partition(" #")[0].strip() for name, rest in found if name == module}
    return sorted(arguments for arguments in typed if not _PLACEHOLDER.search(arguments))


@pytest.mark.parametrize("arguments", _commands(""))
def test_points_and_sweeps_are_accepted(
    composed: Callable[..., DictConfig], arguments: str
) -> None:
    # Lists of values, and intervals, are for a sweep, so the first value stands for all.
    words = shlex.split(arguments.replace("interval(", ""))
    typed = [part for part in words if not part.startswith("-")]
    from_hydra(composed(*(part if "[" in part else part.split(",")[0] for part in typed)))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        (name, arguments)
        for name in MODULES
        if name not in ("nightly", "settings")
        for arguments in _commands(f".{name}")
        if arguments and "--help" not in arguments
    ],
)
def test_commands_on_sweeps_are_accepted(
    name: str, arguments: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = importlib.import_module(MODULES[name])
    # The store is looked for once the command line was accepted.
    line = [name, *shlex.split(arguments), "--tracking-uri", "sqlite:///none.db"]
    monkeypatch.setattr(sys, "argv", line)
    with pytest.raises(SystemExit):
        module.main()
    assert "there is no such file" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", _commands(".settings"))
def test_settings_on_pages_are_explained(arguments: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module = importlib.import_module(MODULES["settings"])
    monkeypatch.setattr(sys, "argv", ["settings", *shlex.split(arguments)])
    with pytest.raises(SystemExit) as left:
        module.main()
    assert left.value.code == 0


@pytest.mark.parametrize("arguments", _commands(".nightly"))
def test_commands_of_nights_are_accepted(arguments: str) -> None:
    _parser().parse_args([part for part in shlex.split(arguments) if part != "--help"])


@pytest.mark.parametrize("module", ["", *(f".{name}" for name in MODULES)])
def test_every_command_is_on_a_page(module: str) -> None:
    assert _commands(module)
