"""Explain the marks and lines of a figure."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup
from plotly.graph_objects import Figure

from runner.report.svg.element import element, ink, plain, shortened, text, width_of
from runner.report.svg.frame import FONT
from runner.report.svg.scatter import dashes, look
from runner.report.svg.symbols import outline

_LINE, _MOST = 22, 30


def entries(figure: Figure) -> list[Any]:
    """Return the traces to explain, each name once; none where one name says nothing."""
    named = {each.name: each for each in figure.data if each.name and each.showlegend is not False}
    return list(named.values()) if len(named) > 1 else []


def width(traces: Sequence[Any]) -> float:
    """Return the pixels that it takes beside the plots."""
    names = [shortened(plain(each.name), _MOST) for each in traces]
    return width_of(names, FONT) + 48 if traces else 0


def legend(traces: Sequence[Any], left: float, top: float, room: float) -> tuple[Markup, float]:
    """Draw it, in as many columns as there is room for, and return its height."""
    columns = max(int(room // max(width(traces), 1)), 1)
    parts = []
    for number, trace in enumerate(traces):
        x = left + (number % columns) * width(traces)
        y = top + (number // columns) * _LINE
        parts += [_mark(trace, x + 16, y), _name(trace, x + 36, y)]
    return Markup().join(parts), -(-len(traces) // columns) * _LINE


def _name(trace: Any, x: float, y: float) -> Markup:
    return text(shortened(plain(trace.name), _MOST), x, y + 4, class_="legend")


def _mark(trace: Any, x: float, y: float) -> Markup:
    parts = []
    if "lines" in (trace.mode or "lines"):
        line = f"M{x - 14:.1f} {y:.1f}h28"
        parts.append(element("path", d=line, stroke=ink(trace.line.color), stroke_width=2,
                             stroke_dasharray=dashes(trace)))  # fmt: skip
    if "markers" in (trace.mode or ""):
        radius = min(trace.marker.size or 8, 14) / 2
        drawn = outline(trace.marker.symbol or "circle", x, y, radius)
        parts.append(element("path", d=drawn, **look(trace)))
    return Markup().join(parts)
