"""Write the reference of all settings, from their own descriptions, into a page.

    python -m runner.settings.reference docs/reference.md

It stands between two markers of the page, and replaces what stood there.
"""

import argparse
import ast
import inspect
import re
import textwrap
from pathlib import Path

from runner.settings.base import Group
from runner.settings.groups import Settings
from runner.settings.overrides import as_override

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
    groups = {
        name: field.annotation
        for name, field in Settings.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, Group)
    }
    sections = [f"### Without a group\n\n{_table(Settings, '')}"]
    for name, group in groups.items():
        purpose = str(group.__doc__).partition("\n")[0]
        sections.append(f"### `{name}`\n\n{purpose}\n\n{_table(group, f'{name}.')}")
    return "\n".join(sections)


def meanings(group: type[Group]) -> dict[str, str]:
    """Return what each setting means, by its name: the docstring that stands below it.

    Those that only the runner itself sets have none.
    """
    parts = [part for part in reversed(group.__mro__) if issubclass(part, Group)]
    return {name: text for part in parts for name, text in _own_meanings(part).items()}


def _own_meanings(group: type[Group]) -> dict[str, str]:
    """Return the meanings of those settings that the class does not inherit."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(group)))
    (definition,) = tree.body
    assert isinstance(definition, ast.ClassDef)  # noqa: S101
    texts = {}
    for field, text in zip(definition.body, definition.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr):
            texts[ast.unparse(field.target)] = " ".join(ast.literal_eval(text.value).split())
    return texts


def _table(group: type[Group], prefix: str) -> str:
    rows = []
    for name, meaning in meanings(group).items():
        field = group.model_fields[name]
        default = as_override(field.get_default(call_default_factory=True) or _falsy(field.default))
        texts = map(_escape, (str(field.description), meaning))
        rows.append(f"| `{prefix}{name}` | `{default}` | {' | '.join(texts)} |\n")
    return _HEAD + "".join(rows)


def _falsy(default: object) -> object:
    """Return a default as conf/ writes it, where an empty text or group stands as null."""
    return default if isinstance(default, int | float | tuple) else None


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
