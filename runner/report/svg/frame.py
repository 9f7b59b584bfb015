"""Place a plot on the picture, with room for what is written along its axes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from runner.report.svg.cells import Cell, values_along
from runner.report.svg.element import plain, shortened, width_of
from runner.report.svg.scale import Scale, scale

FONT = 13
# Of names of categories, letters that are shown: beside a plot, and below it.
BESIDE, BELOW = 28, 22
# Degrees by which names below a plot are turned where they have no room.
TURN = 45
_LINE, _GAP = 18, 8


@dataclass(frozen=True)
class Frame:
    """A plot with its scales, in pixels of the picture."""

    cell: Cell
    x: Scale
    y: Scale
    turned: bool


def frames(
    grid: Sequence[Cell], width: float, height: float, titles: Sequence[str]
) -> tuple[list[Frame], float]:
    """Place all plots, and return the height that they take together.

    Args:
        width: of all plots together, with what is written beside them.
        height: of the inside of all rows together; maps take what their names need.
        titles: of each plot, row by row; none where they have none.
    """
    columns, rows = 1 + max(c.column for c in grid), 1 + max(c.row for c in grid)
    lefts = [max(_left(c) for c in grid if c.column == number) for number in range(columns)]
    inner = (width - sum(lefts) - _GAP * columns) / columns
    made, top = [], 0.0
    for row in range(rows):
        cells = [cell for cell in grid if cell.row == row]
        inside = max(_height(cell, height / rows) for cell in cells)
        top += (24 if titles else _GAP) + 4
        for cell in cells:
            left = sum(lefts[: cell.column + 1]) + (inner + _GAP) * cell.column
            made.append(_frame(cell, grid, (left, left + inner), (top + inside, top)))
        top += inside + max(_bottom(frame) for frame in made if frame.cell.row == row)
    return made, top


def _frame(
    cell: Cell, grid: Sequence[Cell], across: tuple[float, float], up: tuple[float, float]
) -> Frame:
    x = scale(cell.x_axis, values_along(cell, grid, "x"), *across)
    y = scale(cell.y_axis, values_along(cell, grid, "y"), *up)
    names = [shortened(name, BELOW) for _, name in x.ticks]
    turned = bool(x.places) and width_of(names, FONT) + 6 > x.step
    return Frame(cell, x, y, turned)


def _left(cell: Cell) -> float:
    """Return the room that names and the title of an axis take to the left of a plot."""
    title = _LINE + 4 if cell.y_title else 0
    if not cell.has_y_labels:
        return _GAP + title
    if cell.y_axis.type == "category":
        names = [shortened(plain(str(name)), BESIDE) for trace in cell.traces for name in trace.y]
        return width_of(names, FONT) + title + 12
    return 52 + title


def _bottom(frame: Frame) -> float:
    title = _LINE + 6 if frame.cell.x_title else 0
    if not frame.cell.has_x_labels:
        return _GAP + title
    if not frame.turned:
        return _LINE + 6 + title
    names = [shortened(name, BELOW) for _, name in frame.x.ticks]
    return width_of(names, FONT) * math.sin(math.radians(TURN)) + 16 + title


def _height(cell: Cell, usual: float) -> float:
    if cell.is_map:
        return 28.0 * len({name for trace in cell.traces for name in trace.y})
    return usual
