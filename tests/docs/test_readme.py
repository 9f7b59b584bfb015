"""What the README tells people to type, open or rely on."""

import importlib
import re
import shlex
import sys
from pathlib import Path

import pytest

from runner.settings import from_hydra
from runner.settings.targets import Target
from tests.helpers.project import PROJECT, Compose

README = (PROJECT / "README.md").read_text()
SWEEPS_README = (PROJECT / "sweeps" / "README.md").read_text()
COMMANDS = sorted(set(re.findall(r"python -m runner((?: [^`#\n]+)?)", README)))
TOOLS = sorted(set(re.findall(r"^python -m runner\.((?!nightly)\w+ .+)$", README, re.MULTILINE)))
PAGES = [PROJECT / "README.md", PROJECT / "sweeps" / "README.md"]


@pytest.mark.parametrize("arguments", COMMANDS)
def test_commands_are_accepted(composed: Compose, arguments: str) -> None:
    # Lists of values are for a sweep, so the first value stands for all.
    typed = [each for each in shlex.split(arguments) if not each.startswith("-")]
    from_hydra(composed(*(each if "[" in each else each.split(",")[0] for each in typed)))


@pytest.mark.parametrize("line", TOOLS)
def test_commands_on_sweeps_are_accepted(
    line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    name, *arguments = shlex.split(line, comments=True)
    module = importlib.import_module(
        "runner.report.__main__" if name == "report" else f"runner.{name}"
    )
    # The store is looked for once the command line was accepted.
    monkeypatch.setattr(sys, "argv", [name, *arguments, "--tracking-uri", "sqlite:///none.db"])
    with pytest.raises(SystemExit):
        module.main()
    assert "there is no such file" in capsys.readouterr().err


def test_the_first_two_commands_are_sweep_and_test() -> None:
    assert re.findall(r"^make (\w+)", README, re.MULTILINE)[:2] == ["sweep", "test"]


def test_make_targets_are_there() -> None:
    makefile = (PROJECT / "Makefile").read_text()
    for target in set(re.findall(r"make ([a-z-]+)\b(?=[`\s].*)", README)) - {"a", "two"}:
        assert re.search(rf"^{target}:.*## ", makefile, re.MULTILINE), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
        assert link.startswith("https://") or (page.parent / link).exists(), link


def test_every_target_is_named() -> None:
    for target in Target:
        assert f"`{target}`" in README
