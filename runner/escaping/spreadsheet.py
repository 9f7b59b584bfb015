"""Write and read tables as CSV, whose texts no spreadsheet takes for formulas."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from runner.escaping.terminal import encodable

# With these a spreadsheet begins a formula, the wide ones too (OWASP, "CSV Injection",
# owasp.org/www-community/attacks/CSV_Injection, which also names the apostrophe). An apostrophe
# of the text's own before one of them gets another, so that each text can be read back.
_FORMULA = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile(
    r"[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|nan|inf|infinity)", re.I | re.ASCII
)


def csv_text(lines: Iterable[Sequence[object]]) -> str:
    """Write lines as CSV; a text that would begin a formula gets an apostrophe, numbers do not."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([_cell(value) for value in line] for line in lines)
    return text.getvalue()


def csv_lines(text: str) -> list[list[str]]:
    """Read the lines of a table that `csv_text` wrote, without its apostrophes.

    A spreadsheet may have saved it since, with a mark before the text.
    """
    # Not splitlines: a quoted cell may hold any of the characters that it takes for line breaks.
    table = io.StringIO(text.removeprefix("\ufeff"), newline="")
    return [[_read(cell) for cell in line] for line in csv.reader(table)]


def csv_records(text: str) -> list[dict[str, str]]:
    """Read a table that has a line of names: each further line as a dictionary."""
    lines = [line for line in csv_lines(text) if line]
    # An earlier version, or someone's editor, may have left lines short.
    return [dict(zip(lines[0], line, strict=False)) for line in lines[1:]]


def _cell(value: object) -> object:
    if not isinstance(value, str):
        return value
    # As every reader of texts does; csv leaves a carriage return unquoted.
    text = encodable(value).replace("\r\n", "\n").replace("\r", "\n")
    if _NUMBER.fullmatch(text) or not _FORMULA.match(text):
        return text
    return f"'{text}"


def _read(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
