"""Write the notes of a figure: limits, titles, and names of marks, which nothing covers."""

import math
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup
from plotly.graph_objects import Figure

from runner.report.svg.element import element, lines_of, plain, shortened, text, width_of
from runner.report.svg.frame import FONT, Frame
from runner.report.svg.scatter import places

# Where a name may stand: pixels from its mark to the middle of its near edge.
_AROUND = [(across, down) for down in (44, 70, -44, -70, 100, 130, -100, 16)
           for across in (36, -36, 80, -80)]  # fmt: skip
_Box = tuple[float, float, float, float]


def titles(figure: Figure) -> list[str]:
    """Return the titles of the plots, in the order of the figure."""
    notes = figure.layout.annotations
    return [plain(each.text) for each in notes if each.xref == "paper" and not each.showarrow]


def limits(figure: Figure, frame: Frame) -> Markup:
    """Draw the levels across a plot, each with its note."""
    parts = []
    for shape in figure.layout.shapes:
        place = frame.y.at(shape.y0)
        if shape.yref == frame.cell.y_name and place is not None and frame.y.holds(place):
            line = f"M{frame.x.start:.1f} {place:.1f}H{frame.x.end:.1f}"
            parts.append(element("path", d=line, stroke="var(--faint)", stroke_width=2,
                                 stroke_dasharray="2 4"))  # fmt: skip
    for note in figure.layout.annotations:
        is_level = note.showarrow is False and note.xref == f"{frame.cell.x_name} domain"
        place = frame.y.at(note.y) if is_level else None
        if place is not None and frame.y.holds(place):
            words = plain(note.text)
            parts.append(text(words, frame.x.end - 4, place + 16, text_anchor="end", class_="note"))
    return Markup().join(parts)


def names(figure: Figure, frame: Frame) -> Markup:
    """Name marks, where the name covers as few others as there is room for."""
    if frame.cell.is_map:
        return Markup()
    marks = [(across, down) for trace in frame.cell.traces
             for _, across, down in places(trace, frame.x, frame.y)]  # fmt: skip
    parts, taken = [], list[_Box]()
    for note in figure.layout.annotations:
        if note.showarrow is False or note.xref != frame.cell.x_name:
            continue
        x, y = frame.x.of(note.x), frame.y.at(note.y)
        if y is None or not frame.x.holds(x) or not frame.y.holds(y):
            continue
        words = shortened(" ".join(lines_of(note.text)), _letters(frame))
        box = _best((x, y), words, frame, marks, taken)
        taken.append(box)
        parts.append(_drawn((x, y), words, box))
    return Markup().join(parts)


def _letters(frame: Frame) -> int:
    return max(int((frame.x.end - frame.x.start) / (FONT * 0.62)) - 4, 8)


def _best(
    mark: tuple[float, float], words: str, frame: Frame,
    marks: Sequence[tuple[float, float]], taken: Sequence[_Box],
) -> _Box:  # fmt: skip
    """Choose the box of a name around its mark."""
    width, height = width_of([words], FONT) * 1.1 + 12, FONT + 10

    def cost(box: _Box) -> float:
        left, top, right, bottom = box
        inside = frame.x.start <= left and right <= frame.x.end
        inside = inside and frame.y.end <= top and bottom <= frame.y.start
        covered = sum(left - 6 <= x <= right + 6 and top - 6 <= y <= bottom + 6 for x, y in marks)
        others = sum(left < box[2] and box[0] < right and top < box[3] and box[1] < bottom
                     for box in taken)  # fmt: skip
        far = math.dist(mark, ((left + right) / 2, (top + bottom) / 2))
        return covered * 40 + others * 4000 + (not inside) * 9000 + far / 10

    boxes = []
    for across, down in _AROUND:
        left = mark[0] + across if across > 0 else mark[0] + across - width
        left = min(max(left, frame.x.start + 2), frame.x.end - width - 2)
        middle = mark[1] + down
        boxes.append((left, middle - height / 2, left + width, middle + height / 2))
    return min(boxes, key=cost)


def _drawn(mark: tuple[float, float], words: str, box: _Box) -> Markup:
    left, top, right, bottom = box
    near = min(max(mark[0], left), right), min(max(mark[1], top), bottom)
    away = math.dist(mark, near) or 1
    start = [mark[i] + (near[i] - mark[i]) * min(11 / away, 1) for i in (0, 1)]
    line = f"M{start[0]:.1f} {start[1]:.1f}L{near[0]:.1f} {near[1]:.1f}"
    middle = {"x": (left + right) / 2, "y": bottom - 8}
    return element(
        "g",
        element("path", d=line, stroke="currentColor", stroke_width=1.5),
        element("rect", x=left, y=top, width=right - left, height=bottom - top, rx=3,
                class_="name"),
        text(words, **middle, text_anchor="middle", font_weight="bold"),
    )  # fmt: skip


def title_of(frame: Frame, words: str) -> Markup:
    """Write the title of a plot above it."""
    letters = int((frame.x.end - frame.x.start) / (FONT * 0.56))
    place: dict[str, Any] = {"x": frame.x.start, "y": frame.y.end - 9}
    return text(shortened(words, letters), **place)
