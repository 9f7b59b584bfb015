"""Draw the lines, marks and whiskers of one plot."""

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup, escape

from runner.report.svg.element import element, ink
from runner.report.svg.hover import hover
from runner.report.svg.scale import Scale
from runner.report.svg.symbols import outline

_DASHES = {"dot": "2 4", "dash": "8 5"}
# With more marks, each gets no text of its own: the page would be many megabytes.
MANY = 600


def scatter(trace: Any, x: Scale, y: Scale, y_format: str | None, *, compact: bool) -> Markup:
    """Draw one trace.

    Args:
        compact: leave out what is shown under the pointer.
    """
    mode = trace.mode or "lines"
    parts = [_whiskers(trace, x, y)] if trace.error_y.array else []
    if "lines" in mode:
        parts.append(_line(trace, x, y))
    if "markers" in mode:
        parts.append(_marks(trace, x, y, y_format, compact=compact))
    return Markup().join(parts)


def places(trace: Any, x: Scale, y: Scale) -> Iterator[tuple[int, float, float]]:
    """Return the marks that are inside the plot: their number and pixels."""
    for number, (one, other) in enumerate(zip(trace.x or (), trace.y or (), strict=True)):
        if one is None or other is None:
            continue
        across, down = x.at(one), y.at(other)
        if across is not None and down is not None and x.holds(across) and y.holds(down):
            yield number, across, down


def look(trace: Any) -> dict[str, object]:
    """Describe the ink of a trace's marks."""
    marker = trace.marker
    colour = marker.color or trace.line.color
    if str(marker.symbol or "").endswith("-open"):
        width = marker.line.width or 1.5
        return {"fill": "none", "stroke": ink(colour), "stroke_width": width}
    return {
        "fill": ink(colour), "fill_opacity": marker.opacity, "stroke": "var(--page)",
        "stroke_width": 0.5,
    }  # fmt: skip


def dashes(trace: Any) -> str | None:
    """Describe how a trace's line is broken; None where it is not."""
    return _DASHES.get(trace.line.dash or "")


def _marks(trace: Any, x: Scale, y: Scale, y_format: str | None, *, compact: bool) -> Markup:
    found = list(places(trace, x, y))
    radius, symbol = (trace.marker.size or 8) / 2, trace.marker.symbol or "circle"
    if len(found) > MANY:
        dots = "".join(f"M{across:.1f} {down:.1f}h0" for _, across, down in found)
        return element(
            "path", d=dots, stroke=ink(trace.marker.color), stroke_width=5, stroke_opacity=0.6,
            stroke_linecap="round",
        )  # fmt: skip
    if compact or not trace.hovertemplate:
        paths = "".join(outline(symbol, across, down, radius) for _, across, down in found)
        return element("path", d=paths, **look(trace))
    marks = []
    for number, across, down in found:
        values = {"x": trace.x[number], "y": trace.y[number]}
        for name in ("text", "customdata"):
            if trace[name] is not None:
                values[name] = trace[name][number]
        title = element("title", escape(hover(trace, values, {"y": y_format, "x": None})))
        marks.append(element("path", title, d=outline(symbol, across, down, radius)))
    return element("g", *marks, class_="marks", **look(trace))


def _line(trace: Any, x: Scale, y: Scale) -> Markup:
    steps: list[str] = []
    goes_on = False
    for one, other in zip(trace.x or (), trace.y or (), strict=True):
        across, down = x.at(one), None if other is None else y.at(other)
        if across is None or down is None:
            # As plotly does: a line does not lead over what is not known.
            goes_on = False
            continue
        if goes_on and trace.line.shape == "hv":
            steps.append(f"H{across:.1f}V{down:.1f}")
        else:
            steps.append(f"{'L' if goes_on else 'M'}{across:.1f} {down:.1f}")
        goes_on = True
    return element(
        "path", d="".join(steps), fill="none", stroke=ink(trace.line.color),
        stroke_width=trace.line.width or 2, stroke_dasharray=dashes(trace),
    )  # fmt: skip


def _whiskers(trace: Any, x: Scale, y: Scale) -> Markup:
    above, below = trace.error_y.array, trace.error_y.arrayminus or trace.error_y.array
    ends = []
    for number, across, _ in places(trace, x, y):
        if above[number] is not None:
            middle = trace.y[number]
            high, low = y.at(middle + above[number]), y.at(middle - below[number])
            if high is not None and low is not None:
                ends.append(f"M{across:.1f} {high:.1f}V{low:.1f}")
    opacity = str(trace.error_y.color or "1").rstrip(")").split(",")[-1].strip()
    return element(
        "path", d="".join(ends), stroke="currentColor", stroke_width=1.5, stroke_opacity=opacity
    )
