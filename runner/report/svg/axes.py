"""Draw the axes of one plot."""

from markupsafe import Markup

from runner.report.svg.element import element, plain, shortened, text, width_of
from runner.report.svg.frame import BELOW, BESIDE, FONT, TURN, Frame


def axes(frame: Frame) -> Markup:
    """Draw lines, ticks, their names, and titles."""
    x, y = frame.x, frame.y
    lines = f"M{x.start:.1f} {y.end:.1f}V{y.start:.1f}H{x.end:.1f}"
    parts = [element("path", d=lines, class_="axis"), _across(frame), _up(frame)]
    if frame.cell.x_title:
        lower = _below(frame)
        title = plain(frame.cell.x_title)
        parts.append(text(title, (x.start + x.end) / 2, lower, text_anchor="middle"))
    if frame.cell.y_title:
        middle, left = (y.start + y.end) / 2, _beside(frame)
        turned = f"rotate(-90 {left:.1f} {middle:.1f})"
        title = plain(frame.cell.y_title)
        parts.append(text(title, left, middle, text_anchor="middle", transform=turned))
    return Markup().join(parts)


def _across(frame: Frame) -> Markup:
    """Draw the ticks of the horizontal axis; names that would touch are left out."""
    x, bottom, parts, free = frame.x, frame.y.start, [], -1e9
    for value, name in x.ticks:
        place = x.at(value)
        if place is None or not x.holds(place):
            continue
        if not frame.cell.is_map:
            parts.append(element("path", d=f"M{place:.1f} {bottom:.1f}V{frame.y.end:.1f}",
                                 class_="grid"))  # fmt: skip
        short = shortened(name, BELOW)
        half = width_of([short], FONT) / 2
        # Names that are turned lie one below the other, and take the height of a line.
        taken = (
            (place - FONT / 2, place + FONT) if frame.turned else (place - half - 6, place + half)
        )
        if not frame.cell.has_x_labels or taken[0] < free:
            continue
        free = taken[1]
        if frame.turned:
            turn = f"rotate(-{TURN} {place:.1f} {bottom + 14:.1f})"
            drawn = text(short, place + 4, bottom + 14, text_anchor="end", transform=turn)
        else:
            drawn = text(short, place, bottom + 18, text_anchor="middle", class_="xtick")
        parts.append(drawn)
    return Markup().join(parts)


def _up(frame: Frame) -> Markup:
    y, left, parts, free = frame.y, frame.x.start, [], 1e9
    for value, name in sorted(y.ticks, key=lambda tick: -(y.at(tick[0]) or 0)):
        place = y.at(value)
        if place is None or not y.holds(place):
            continue
        if not frame.cell.is_map:
            parts.append(element("path", d=f"M{left:.1f} {place:.1f}H{frame.x.end:.1f}",
                                 class_="grid"))  # fmt: skip
        if frame.cell.has_y_labels and place < free - FONT:
            free = place
            short = shortened(name, BESIDE)
            parts.append(text(short, left - 7, place + 4, text_anchor="end", class_="ytick"))
    return Markup().join(parts)


def _below(frame: Frame) -> float:
    if not frame.cell.has_x_labels:
        return frame.y.start + 20
    if not frame.turned:
        return frame.y.start + 38
    names = [shortened(name, BELOW) for _, name in frame.x.ticks]
    return frame.y.start + width_of(names, FONT) * 0.71 + 34


def _beside(frame: Frame) -> float:
    if not frame.cell.has_y_labels:
        return frame.x.start - 14
    names = [shortened(name, BESIDE) for _, name in frame.y.ticks]
    widest = width_of(names, FONT) if frame.y.places else 44
    return frame.x.start - widest - 16
