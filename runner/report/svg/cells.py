"""Lay out the plots of a figure: beside each other, or on a phone one below the other."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from plotly.graph_objects import Figure


@dataclass
class Cell:
    """One plot of a figure.

    Attributes:
        row: from the top.
        column: from the left.
        x_title: what is written below it; empty where it stands below another plot.
    """

    x_name: str
    y_name: str
    x_axis: Any
    y_axis: Any
    row: int
    column: int
    traces: list[Any] = field(default_factory=list)
    x_title: str = ""
    y_title: str = ""
    has_x_labels: bool = True
    has_y_labels: bool = True

    @property
    def is_map(self) -> bool:
        """Whether it is a map of names rather than a plot of marks."""
        return bool(self.traces[0].type == "heatmap")


def cells(figure: Figure, *, stacked: bool) -> list[Cell]:
    """Return the plots of a figure, row by row.

    Args:
        stacked: put one below the other.
    """
    found: dict[tuple[str, str], Cell] = {}
    for trace in figure.data:
        names = trace.xaxis or "x", trace.yaxis or "y"
        if names not in found:
            x_axis, y_axis = (figure.layout[_long(name)] for name in names)
            found[names] = Cell(*names, x_axis, y_axis, 0, 0)
        found[names].traces.append(trace)
    grid = list(found.values())
    lefts = sorted({_start(cell.x_axis) for cell in grid})
    bottoms = sorted({_start(cell.y_axis) for cell in grid}, reverse=True)
    for cell in grid:
        cell.column, cell.row = lefts.index(_start(cell.x_axis)), bottoms.index(_start(cell.y_axis))
    for cell in grid:
        _name_axes(cell, grid, stacked=stacked)
    if not stacked:
        return sorted(grid, key=lambda cell: (cell.row, cell.column))
    grid.sort(key=lambda cell: (cell.column, cell.row))
    for number, cell in enumerate(grid):
        cell.row, cell.column = number, 0
    return grid


def values_along(cell: Cell, grid: Sequence[Cell], direction: str) -> list[Any]:
    """Return all values along the axis of a plot, and along those that go with it."""
    axis, name = getattr(cell, f"{direction}_axis"), getattr(cell, f"{direction}_name")
    root = axis.matches or name
    values = []
    for other in grid:
        its = getattr(other, f"{direction}_axis"), getattr(other, f"{direction}_name")
        if root in (its[0].matches, its[1]):
            values += [value for trace in other.traces for value in (trace[direction] or ())]
    return values


def _long(name: str) -> str:
    """Return the name of an axis in the layout: xaxis2 for x2."""
    return f"{name[0]}axis{name[1:]}"


def _start(axis: Any) -> float:
    return round(axis.domain[0], 6) if axis.domain else 0.0


def _name_axes(cell: Cell, grid: Sequence[Cell], *, stacked: bool) -> None:
    """Say what is written along the axes: what others have in common, on a phone again."""
    below = max((other for other in grid if other.column == cell.column), key=lambda c: c.row)
    beside = min((other for other in grid if other.row == cell.row), key=lambda c: c.column)
    cell.has_x_labels = stacked or cell.x_axis.showticklabels is not False
    cell.has_y_labels = stacked or cell.y_axis.showticklabels is not False
    x_titles = [cell.x_axis.title.text, below.x_axis.title.text if stacked else None]
    y_titles = [cell.y_axis.title.text, beside.y_axis.title.text if stacked else None]
    cell.x_title = next(filter(None, x_titles), "")
    cell.y_title = next(filter(None, y_titles), "")
