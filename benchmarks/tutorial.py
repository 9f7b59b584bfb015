"""Renew what the commands of the tutorial print, by typing them in an empty folder.

python -m benchmarks.tutorial [docs/tutorial.md]
"""

import argparse
import re
import tempfile
from pathlib import Path

from benchmarks.fixtures.console_page import followed, processor
from runner.escaping.terminal import say

MADE_ON = re.compile(r"(?<=kind of processor \(`)[^`]*(?=`\))")


def main() -> None:
    """Type the commands, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("page", type=Path, nargs="?", default=Path("docs/tutorial.md"))
    page: Path = parser.parse_args().page
    with tempfile.TemporaryDirectory() as folder:
        text = followed(page.read_text(encoding="utf-8"), Path(folder).resolve(), say)
    page.write_text(MADE_ON.sub(processor(), text, count=1), encoding="utf-8")


if __name__ == "__main__":
    main()
