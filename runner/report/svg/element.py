"""Write elements of SVG, with every text and attribute escaped."""

import re
from collections.abc import Iterable
from html import unescape

from markupsafe import Markup, escape

from runner.escaping.terminal import visible
from runner.report.charts.style import COLOURS, FAINT, INK

_TAG = re.compile(r"</?b>|<extra></extra>")
# Of each colour of a chart, the variable that follows the page: light or dark, screen or paper.
_INKS = {colour: f"var(--c{number})" for number, colour in enumerate(COLOURS)}
_INKS |= {INK: "currentColor", FAINT: "var(--faint)", "white": "var(--page)"}
# Of a letter, as a share of the size of its font.
_LETTER = 0.56


def element(name: str, *inside: Markup, **attributes: object) -> Markup:
    """Write one element; an underscore in the name of an attribute is a hyphen, None leaves out."""
    pairs = (
        Markup(' {}="{}"').format(key.strip("_").replace("_", "-"), _written(value))
        for key, value in attributes.items()
        if value is not None
    )
    head, body = Markup().join(pairs), Markup().join(inside)
    tag = Markup(name)  # noqa: S704
    return Markup("<{}{}>{}</{}>").format(tag, head, body, tag)


def text(words: str, x: float, y: float, **attributes: object) -> Markup:
    """Write one line of text at a place, in pixels."""
    return element("text", escape(visible(words)), x=x, y=y, **attributes)


def lines_of(words: str) -> list[str]:
    """Read a text as plotly does, line by line: its breaks, its bold, its escapes."""
    return [visible(unescape(_TAG.sub("", line))) for line in words.split("<br>")]


def plain(words: str | None) -> str:
    """Read a text as plotly does, as one line."""
    return " ".join(lines_of(words or ""))


def shortened(words: str, most: int) -> str:
    """Return as many letters as there is room for."""
    return words if len(words) <= most else f"{words[: most - 1]}…"


def width_of(words: Iterable[str], size: float) -> float:
    """Estimate the pixels that the longest of some texts takes in a font of this size."""
    return max(map(len, words), default=0) * size * _LETTER


def ink(colour: str | None) -> str:
    """Return the colour of the page that stands for one of a chart."""
    return _INKS.get(colour or INK, "currentColor")


def _written(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
