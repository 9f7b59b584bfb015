"""Draw a map of two lists of names."""

from typing import Any

from markupsafe import Markup, escape
from plotly.colors import sample_colorscale

from runner.report.charts.style import MAP
from runner.report.svg.element import element, text, width_of
from runner.report.svg.hover import hover
from runner.report.svg.scale import Scale

_FONT = 12
# From this share on a cell is so light that its figure is black.
_LIGHT = 0.5


def heatmap(trace: Any, x: Scale, y: Scale, *, compact: bool) -> Markup:
    """Draw one trace.

    Args:
        compact: leave out what is shown under the pointer.
    """
    cells, gap = [], trace.xgap or 0
    for row, name in enumerate(trace.y):
        for column, other in enumerate(trace.x):
            share, left, top = trace.z[row][column], x.at(other), y.at(name)
            if share is None or left is None or top is None:
                continue
            values = {"x": other, "y": name, "z": share, "text": trace.text[row][column]}
            if trace.customdata is not None:
                values["customdata"] = trace.customdata[row][column]
            title = escape(hover(trace, values, {}))
            cells.append(
                element(
                    "rect",
                    *([] if compact else [element("title", title)]),
                    x=left - x.step / 2, y=top - y.step / 2,
                    width=max(x.step - gap, 1.0), height=max(y.step - gap, 1.0),
                    fill=sample_colorscale(MAP, [min(max(share, 0.0), 1.0)])[0],
                )
            )  # fmt: skip
            cells.append(_figure(values["text"], share, left, top, x.step))
    return Markup().join(cells)


def _figure(words: str, share: float, left: float, top: float, room: float) -> Markup:
    """Write the figure of a cell where there is room for it."""
    if not words or width_of([words], _FONT) > room:
        return Markup()
    fill = "#000" if share >= _LIGHT else "#fff"
    return text(
        words, left, top + 4, text_anchor="middle", font_size=_FONT, fill=fill, class_="cell"
    )
