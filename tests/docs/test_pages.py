"""Check what the pages tell people to type, open or rely on."""

import importlib.util
import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from pydantic import BaseModel

from runner.settings import Settings
from runner.settings.targets import Target
from tests.helpers.pages import (
    DOCS,
    MANUAL,
    PAGES,
    PROJECT,
    README,
    anchors,
    code_names,
    links,
    name_of,
    prose,
    shell_lines,
)

# Files whose names begin like a group of settings.
_FILES = ("html", "md", "csv")


def test_the_readme_is_short() -> None:
    assert len(README.read_text().splitlines()) <= 150


def test_the_first_two_commands_are_sweep_and_test() -> None:
    assert re.findall(r"^make (\w+)", README.read_text(), re.MULTILINE)[:2] == ["sweep", "test"]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_and_pictures_lead_somewhere(page: Path) -> None:
    for link in links(page):
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", MANUAL, ids=name_of)
def test_links_of_the_manual_stay_within_it(page: Path) -> None:
    for link in links(page):
        if not link.startswith(("https://", "#")):
            target = (page.parent / link.partition("#")[0]).resolve()
            assert target.is_relative_to(DOCS), link


def test_every_page_of_the_manual_is_in_its_navigation() -> None:
    nav = str(tomllib.loads((PROJECT / "zensical.toml").read_text())["project"]["nav"])
    listed = re.findall(r"'([\w/]+\.md)'", nav)
    assert sorted(listed) == [page.relative_to(DOCS).as_posix() for page in MANUAL]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_make_targets_are_there(page: Path) -> None:
    makefile = (PROJECT / "Makefile").read_text()
    typed = [*shell_lines(page), *code_names(page)]
    for target in (found[1] for line in typed if (found := re.search(r"\bmake ([a-z-]+)", line))):
        assert re.search(rf"^{target}:.*## ", makefile, re.MULTILINE), target


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_named_benchmarks_are_there(page: Path) -> None:
    for line in [*shell_lines(page), *code_names(page)]:
        for module in re.findall(r"python -m (benchmarks\.\w+)", line):
            assert importlib.util.find_spec(module), module


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_named_settings_exist(page: Path) -> None:
    for text in code_names(page):
        for group, name in re.findall(r"(?<![\w./])([a-z_]+)\.([a-z_]+)\b(?![/(.])", text):
            kind = _group(group)
            if kind and name not in _FILES:
                assert name in kind.model_fields, text


def _group(name: str) -> type[BaseModel] | None:
    field = Settings.model_fields.get(name)
    kind = field.annotation if field else None
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_named_files_of_the_project_are_there(page: Path) -> None:
    for text in code_names(page):
        if re.fullmatch(r"(runner|tests|conf|sweeps|docs|benchmarks)/[\w./-]+", text):
            assert (PROJECT / text).exists() or "NAME" in text, text


def test_every_target_is_in_the_reference() -> None:
    names = code_names(DOCS / "reference.md")
    for target in Target:
        assert str(target) in names


def test_the_architecture_names_every_folder() -> None:
    rows = re.findall(r"^\| `(\w+)/` \|", prose(DOCS / "architecture.md"), re.MULTILINE)
    folders = {path.parent.name for path in (PROJECT / "runner").glob("*/__init__.py")}
    assert set(rows) == folders


def test_no_sentence_is_said_twice() -> None:
    said: Counter[str] = Counter()
    # A sweep's results each end with the same words; no one has written them by hand.
    for page in [README, *(page for page in MANUAL if page.name != "results.md")]:
        lines = [line for line in prose(page).splitlines() if not line.startswith(("|", "#", "!"))]
        text = " ".join(line.strip() for line in lines)
        said.update(part for part in re.split(r"(?<=[.:?]) ", text) if len(part.split()) > 6)
    assert not [sentence for sentence, times in said.items() if times > 1]
