"""Give all charts of a report the same look."""

import math
from collections.abc import Sequence
from typing import Any

from plotly.graph_objects import Figure

# Okabe and Ito's colours, which colour-blind readers tell apart (jfly.uni-koeln.de/color), darkest
# first; the yellow is left out because it is hard to see on white.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
# More than there are targets: two of one colour differ in shape.
SYMBOLS = (
    *("circle", "square", "diamond", "triangle-up", "triangle-down", "cross", "pentagon"),
    *("star", "hexagram", "triangle-left", "triangle-right"),
)
INK, FAINT = "#222222", "#888888"
# The colours of maps, dark to light: to colour-blind readers they differ too.
MAP = "Cividis"


def apply_style(figure: Figure, title: str, height: int = 560) -> Figure:
    """Give the figure its title, fonts, grid and margins; height in pixels."""
    figure.update_layout(
        template="plotly_white",
        title={"text": title, "x": 0.01, "xanchor": "left", "font": {"size": 18}},
        font={"family": "system-ui, Helvetica, Arial, sans-serif", "size": 14, "color": INK},
        height=height,
        margin={"l": 80, "r": 30, "t": 70, "b": 70},
        hoverlabel={"align": "left"},
    )
    figure.update_xaxes(showline=True, linecolor=FAINT, ticks="outside", zeroline=False)
    figure.update_yaxes(showline=True, linecolor=FAINT, ticks="outside", zeroline=False)
    return figure


def colour(number: int) -> str:
    """Return the colour of the n-th item."""
    return COLOURS[number % len(COLOURS)]


def symbol(number: int) -> str:
    """Return the symbol of the n-th item."""
    return SYMBOLS[number % len(SYMBOLS)]


def marker(ink: str, shape: str) -> dict[str, Any]:
    """Describe the mark of one file: a small shape with a white edge."""
    line = {"width": 0.5, "color": "white"}
    return {"color": ink, "symbol": shape, "size": 9, "opacity": 0.8, "line": line}


def byte_axis(sizes: Sequence[float]) -> dict[str, Any]:
    """Describe a logarithmic axis of bytes with round ticks: 5 kB, 10 kB, 20 kB."""
    least, most = min(sizes) / 1.15, max(sizes) * 1.15
    powers = range(math.floor(math.log10(least)), math.ceil(math.log10(most)) + 1)
    steps = (1, 2, 5) if most / least > 4 else (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8)
    ticks = [step * 10**power for power in powers for step in steps]
    ticks = [tick for tick in ticks if least <= tick <= most]
    return {
        "type": "log",
        "range": [math.log10(least), math.log10(most)],
        "tickvals": ticks,
        "ticktext": [_bytes(tick) for tick in ticks],
    }


def share_axis(shares: Sequence[float]) -> dict[str, Any]:
    """Describe an axis of shares, with room around these: never below 0 or far above 1."""
    least, most = min(shares), max(shares)
    room = max((most - least) / 6, 0.01)
    # A mark at 1 is shown as a whole.
    above = max((most - least) / 30, 0.005)
    return {"tickformat": ".1%", "range": [max(least - room, 0.0), min(most + room, 1 + above)]}


def _bytes(size: float) -> str:
    for factor, unit in ((1e6, "MB"), (1e3, "kB")):
        if size >= factor:
            return f"{size / factor:g} {unit}"
    return f"{size:g} B"
