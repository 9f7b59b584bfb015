"""Write the reference of all settings, from their own descriptions, into a page.

    python -m runner.settings.reference docs/reference.md

It stands between two markers of the page, and replaces what stood there.
"""

import argparse
import re
from pathlib import Path

from runner.settings.descriptions import GroupDescription, descriptions

_BEGIN, _END = "<!-- settings: begin -->", "<!-- settings: end -->"
_HEAD = "| setting | default | accepted | meaning |\n|---|---|---|---|\n"


def main() -> None:
    """Renew the page that the command line names."""
    parser = argparse.ArgumentParser(description="Renew the reference of all settings in a page.")
    parser.add_argument("page", type=Path, metavar="PAGE", help="a Markdown file with the markers")
    page: Path = parser.parse_args().page
    page.write_text(renew(page.read_text(encoding="utf-8")), encoding="utf-8")


def renew(page: str) -> str:
    """Return the text of a page with the reference between its markers.

    Raises:
        ValueError: the page lacks a marker.
    """
    before, begin, rest = page.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not (begin and end):
        raise ValueError(f"the page has no {_BEGIN} followed by {_END}")
    return f"{before}{_BEGIN}\n\n{reference()}\n{_END}{after}"


def reference() -> str:
    """Return a section of Markdown for each group, those settings first that have no group."""
    alone, *groups = descriptions()
    sections = [f"### Without a group\n\n{_table(alone)}"]
    sections += [f"### `{each.name}`\n\n{each.purpose}\n\n{_table(each)}" for each in groups]
    return "\n".join(sections)


def _table(group: GroupDescription) -> str:
    rows = []
    for setting in group.settings:
        texts = map(_escape, (setting.accepted, setting.meaning))
        rows.append(f"| `{setting.name}` | `{setting.default}` | {' | '.join(texts)} |\n")
    return _HEAD + "".join(rows)


def _escape(text: str) -> str:
    """Keep Markdown from taking a list for a link, or a bar for the end of a cell."""
    code = re.compile(r"(`[^`]*`)")
    parts = [
        part if code.fullmatch(part) else part.replace("[", "\\[").replace("|", "\\|")
        for part in code.split(text)
    ]
    return "".join(parts)


if __name__ == "__main__":
    main()
