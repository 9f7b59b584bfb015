"""Draw a figure of plotly's as SVG, in one width for screens and paper, and one for phones."""

from dataclasses import dataclass

from markupsafe import Markup
from plotly.graph_objects import Figure

from runner.report.svg import legend as legends
from runner.report.svg import notes
from runner.report.svg.axes import axes
from runner.report.svg.cells import cells
from runner.report.svg.element import element, plain
from runner.report.svg.frame import Frame, frames
from runner.report.svg.heatmap import heatmap
from runner.report.svg.scatter import scatter
from runner.report.svg.upright import upright_lines

# What plotly keeps for titles and margins.
_MARGINS = 140


@dataclass(frozen=True)
class Width:
    """A width of pictures, in pixels of their own.

    Attributes:
        stacked: whether plots stand one below the other, and show nothing under a pointer.
    """

    pixels: int
    stacked: bool


WIDE, NARROW = Width(960, stacked=False), Width(362, stacked=True)


def draw(figure: Figure, width: Width) -> Markup:
    """Draw the figure without its title, which a page writes above it."""
    grid = cells(figure, stacked=width.stacked)
    explained = legends.entries(figure)
    beside = 0 if width.stacked else legends.width(explained)
    titles = notes.titles(figure)
    inside = figure.layout.height - _MARGINS
    inside = (
        (240 if len(grid) > 2 else 320) * len(grid)
        if width.stacked
        else min(inside, 520 * max(c.row + 1 for c in grid))
    )
    placed, height = frames(grid, width.pixels - beside - 4, inside, titles)
    drawn = [_plot(figure, frame, width) for frame in placed]
    for frame, title in zip(placed, titles, strict=False):
        drawn.append(notes.title_of(frame, title))
    left, top = (4.0, height + 18) if width.stacked else (width.pixels - beside, 26.0)
    explanation, tall = legends.legend(explained, left, top, width.pixels if width.stacked else 1)
    height = height + tall + 14 if width.stacked else max(height, top + tall)
    return element(
        "svg", *drawn, explanation, viewBox=f"0 0 {width.pixels} {height:.0f}", role="img",
        aria_label=title_of(figure), class_="on-phones" if width.stacked else "on-screens",
    )  # fmt: skip


def title_of(figure: Figure) -> str:
    """Return the title of a figure as plain text."""
    return plain(figure.layout.title.text)


def _plot(figure: Figure, frame: Frame, width: Width) -> Markup:
    parts = [axes(frame)]
    pattern = frame.cell.y_axis.tickformat
    for trace in frame.cell.traces:
        if trace.type == "heatmap":
            parts.append(heatmap(trace, frame.x, frame.y, compact=width.stacked))
        else:
            parts.append(scatter(trace, frame.x, frame.y, pattern, compact=width.stacked))
    # What nothing may cover comes last.
    above = (notes.limits, upright_lines, notes.names)
    return Markup().join([*parts, *(each(figure, frame) for each in above)])
