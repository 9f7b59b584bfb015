"""Write a report into a folder."""

from collections.abc import Mapping
from pathlib import Path

from runner.escaping.terminal import encodable

# The page of a report, in a folder and among the artifacts of a sweep's run.
PAGE = "report.html"


def write(folder: Path, texts: Mapping[str, str]) -> Path:
    """Write the texts of a report by their names; returns the path of the page.

    Raises:
        OSError: the folder cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(encodable(text), encoding="utf-8")
    return folder / PAGE
