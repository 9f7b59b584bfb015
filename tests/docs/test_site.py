"""Build the manual as `make docs` does."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.pages import DOCS, PROJECT


def _build(folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "zensical", "build", "--clean", "--strict"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture
def manual(tmp_path: Path) -> Path:
    """A copy of the manual."""
    shutil.copytree(DOCS, tmp_path / "docs")
    shutil.copy(PROJECT / "zensical.toml", tmp_path)
    return tmp_path


def test_the_site_is_built_whole(manual: Path) -> None:
    done = _build(manual)
    assert done.returncode == 0, done.stdout + done.stderr
    pages = list((manual / "site").rglob("*.html"))
    assert len(pages) > len(list(DOCS.rglob("*.md")))
    for page in pages:
        text = page.read_text()
        # Nothing that a page loads comes from another host.
        assert not re.findall(r'<(?:link|script|img)[^>]* (?:href|src)="?(?:https?:)?//', text)
        for picture in re.findall(r'<img[^>]* src="([^"]+)"', text):
            assert (page.parent / picture).is_file(), picture


@pytest.mark.parametrize("link", ["no_such_page.md", "reference.md#no-such-heading"])
def test_a_broken_link_fails_the_build(manual: Path, link: str) -> None:
    with (manual / "docs" / "index.md").open("a") as page:
        page.write(f"\n[broken]({link})\n")
    done = _build(manual)
    assert done.returncode == 1
    assert "does not exist" in done.stdout + done.stderr
