"""Draw the table of sweeps: one line each where the terminal has room for it, else two."""

from collections.abc import Sequence

from runner.escaping.terminal import visible
from runner.results.sweep_list import SweepLine
from runner.settings.devices import Device

_HEAD = ("sweep", "started", "points", "state", "file to ship", "size", "validation", "test")
_RUN = "run"
_GAP = "  "
# The columns that hold figures: points, size, accuracies.
_FIGURES = (2, 5, 6, 7)
# Of two lines, what stands in the first.
_FIRST = 4


def sweep_table(lines: Sequence[SweepLine], width: int | None) -> list[str]:
    """Return the lines of the table.

    Args:
        width: of the terminal; None for a pipe, which takes the ids of the runs too.
    """
    rows = [[*_HEAD, _RUN], *(_cells(line) for line in lines)]
    if width is None or _width(rows) <= width:
        return _drawn(rows)
    rows = [row[:-1] for row in rows]
    if _width(rows) <= width:
        return _drawn(rows)
    first, second = _drawn([row[:_FIRST] for row in rows]), [row[_FIRST:] for row in rows]
    return [
        text
        for name, rest in zip(first, _drawn(second, _FIRST), strict=True)
        for text in (name, f"{_GAP}{rest}")
    ]


def _cells(line: SweepLine) -> list[str]:
    points = f"{line.done}/{line.planned}"
    pick = next(iter(line.picks), None)
    there = "zipped" if line.device is Device.PHONE else "flash"
    more = f" and {len(line.picks) - 1} more" if len(line.picks) > 1 else ""
    figures = ["none", "", "", ""]
    if pick:
        shares = (f"{pick.validation_accuracy:.2%}", f"{pick.accuracy:.2%}")
        figures = [f"{pick.target}{more}", f"{pick.size:,.0f} {there}", *shares]
    cells = [line.name, line.when, points, line.state, *figures, line.run_id]
    return [visible(cell) for cell in cells]


def _width(rows: Sequence[Sequence[str]]) -> int:
    return sum(_widths(rows)) + len(_GAP) * (len(rows[0]) - 1)


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(len, column)) for column in zip(*rows, strict=True)]


def _drawn(rows: Sequence[Sequence[str]], first: int = 0) -> list[str]:
    """Put words to the left and figures to the right, from the column of that number on."""
    widths = _widths(rows)
    return [
        _GAP.join(
            cell.rjust(size) if column in _FIGURES else cell.ljust(size)
            for column, (cell, size) in enumerate(zip(row, widths, strict=True), start=first)
        ).rstrip()
        for row in rows
    ]
