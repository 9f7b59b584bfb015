"""Be the screen of a terminal: what people see after all that was printed, moved and erased."""

import re
from dataclasses import dataclass, field

# What our output consists of; anything else fails, for nobody has seen what it does.
_PART = re.compile(r"\x1b\[(?P<values>[?\d;]*)(?P<code>[A-Za-z])|(?P<move>[\r\n])|[^\x1b\r\n]+")
_UNFINISHED = re.compile(r"\x1b(\[[?\d;]*)?$")


@dataclass
class _Row:
    # Letters with the numbers of their style.
    cells: list[tuple[str, str]] = field(default_factory=list)
    goes_on: bool = False


class Screen:
    """Rows of letters, the oldest first, those that were scrolled away among them.

    A line that is wider than the screen goes on in the next row, and is broken anew when the width
    changes, as most terminals do.
    """

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.cursor_is_shown = True
        self._rows = [_Row()]
        self._row = self._column = 0
        self._style = self._rest = ""

    @property
    def lines(self) -> list[str]:
        """All rows as text."""
        return ["".join(letter for letter, _ in row.cells).rstrip() for row in self._rows]

    @property
    def in_sight(self) -> list[str]:
        """The rows that are not scrolled away, without empty ones at the end."""
        lines = self.lines[-self.height :]
        while lines and not lines[-1]:
            lines.pop()
        return lines

    @property
    def styled(self) -> list[str]:
        """The rows in sight as text with the codes of its styles."""
        return list(map(_styled, self._rows[-self.height :][: len(self.in_sight)]))

    def feed(self, text: str) -> None:
        """Take what a program prints; a code may come in two parts."""
        text = self._rest + text
        unfinished = _UNFINISHED.search(text)
        whole = text[: unfinished.start()] if unfinished else text
        self._rest = text[len(whole) :]
        assert "".join(found[0] for found in _PART.finditer(whole)) == whole, repr(whole)
        for found in _PART.finditer(whole):
            if found["code"]:
                self._obey(found["values"], found["code"])
            elif found["move"]:
                self._column = 0 if found[0] == "\r" else self._column
                self._down(found[0] == "\n")
            else:
                for letter in found[0]:
                    self._write(letter)

    def resize(self, width: int, height: int) -> None:
        """Break all lines anew."""
        rows, before = self._rows, self._row
        self.width, self.height, self._rows = width, height, []
        cells: list[tuple[str, str]] = []
        for number, row in enumerate(rows):
            cells += row.cells
            if number == before:
                rest = len(cells) - len(row.cells) + self._column
                self._row = len(self._rows) + max(0, rest - 1) // width
                self._column = rest - (self._row - len(self._rows)) * width
            if not row.goes_on:
                parts = [cells[start : start + width] for start in range(0, len(cells), width)]
                self._rows += [_Row(part, True) for part in parts[:-1]]
                self._rows.append(_Row(parts[-1] if parts else []))
                cells = []

    def _obey(self, values: str, code: str) -> None:
        if code == "m":
            self._style = "" if values in ("", "0") else values
        elif (values, code) == ("2", "K"):
            self._rows[self._row] = _Row()
        elif code == "A":
            top = max(0, len(self._rows) - self.height)
            self._row = max(top, self._row - int(values or 1))
        elif values == "?25":
            self.cursor_is_shown = code == "h"
        else:
            raise AssertionError(f"what does {values}{code} do?")

    def _down(self, moves: bool = True) -> None:
        self._row += moves
        if self._row == len(self._rows):
            self._rows.append(_Row())

    def _write(self, letter: str) -> None:
        if self._column == self.width:
            self._rows[self._row].goes_on = True
            self._column = 0
            self._down()
        cells = self._rows[self._row].cells
        cells += [(" ", "")] * (self._column + 1 - len(cells))
        cells[self._column] = letter, self._style
        self._column += 1


def _styled(row: _Row) -> str:
    return "".join(
        f"\x1b[{style}m{letter}\x1b[0m" if style else letter for letter, style in row.cells
    )
