"""Read what the pages for people say: their code, their names, their links and their headings."""

import re
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).parents[2]
DOCS = PROJECT / "docs"
README = PROJECT / "README.md"
MANUAL = sorted(DOCS.rglob("*.md"))
PAGES = [
    README,
    PROJECT / "CONTRIBUTING.md",
    PROJECT / "CHANGELOG.md",
    PROJECT / "SECURITY.md",
    PROJECT / "sweeps" / "README.md",
    *MANUAL,
]

_FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def name_of(page: Path) -> str:
    """Name a page by its path in the project."""
    return page.relative_to(PROJECT).as_posix()


def prose(page: Path) -> str:
    """Return the text of a page without its blocks of code."""
    return _FENCED.sub("", page.read_text())


def shell_lines(page: Path) -> Iterator[str]:
    """Return the lines that a page tells people to type, joined where they are continued."""
    for language, block in _FENCED.findall(page.read_text()):
        lines = block.replace("\\\n", " ").splitlines()
        if language == "sh":
            yield from lines
        if language == "console":
            yield from (line.removeprefix("$ ") for line in lines if line.startswith("$ "))


def code_names(page: Path) -> list[str]:
    """Return what a page writes as code within its sentences."""
    return _INLINE.findall(prose(page))


def links(page: Path) -> list[str]:
    """Return the targets of all links and pictures of a page."""
    return _LINK.findall(_INLINE.sub("", prose(page)))


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub and the site both make them."""
    headings = (re.sub(r"[^\w\s-]", "", text.lower()) for text in _HEADING.findall(prose(page)))
    return {re.sub(r"\s", "-", text.strip()) for text in headings}
