"""Draw the upright lines of a figure, each with its word."""

from markupsafe import Markup
from plotly.graph_objects import Figure

from runner.report.svg.element import element, ink, plain, text, width_of
from runner.report.svg.frame import FONT, Frame
from runner.report.svg.scatter import dashes

_ROOM = 6


def upright_lines(figure: Figure, frame: Frame) -> Markup:
    """Draw the lines from the top of a plot to its bottom, and what is written beside them."""
    parts = []
    for shape in figure.layout.shapes:
        if shape.xref == frame.cell.x_name and shape.yref == f"{frame.cell.y_name} domain":
            place = frame.x.of(shape.x0)
            line = f"M{place:.1f} {frame.y.start:.1f}V{frame.y.end:.1f}"
            parts.append(element("path", d=line, stroke=ink(shape.line.color), stroke_width=1.5,
                                 stroke_dasharray=dashes(shape)))  # fmt: skip
    return Markup().join([*parts, *_words(figure, frame)])


def _words(figure: Figure, frame: Frame) -> list[Markup]:
    """Write the words of the lines from right to left; those that would touch are left out."""
    noted = [
        (frame.x.of(note.x), plain(note.text))
        for note in figure.layout.annotations
        if note.showarrow is False
        and note.xref == frame.cell.x_name
        and note.yref == f"{frame.cell.y_name} domain"
    ]
    parts, free = [], frame.x.end
    for place, words in sorted(noted, reverse=True):
        wide = width_of([words], FONT) + _ROOM
        # Beside the left edge there is room on the right alone.
        is_left = place - wide >= frame.x.start
        left, right = (place - wide, place) if is_left else (place, place + wide)
        if right <= free:
            free = left
            x, anchor = (place - _ROOM, "end") if is_left else (place + _ROOM, "start")
            parts.append(text(words, x, frame.y.end + 14, text_anchor=anchor, class_="note"))
    return parts
