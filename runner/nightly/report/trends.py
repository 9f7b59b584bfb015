"""Draw how the figures of a sweep changed over nights."""

from collections.abc import Sequence
from typing import Any

from plotly.graph_objects import Figure, Scatter
from plotly.subplots import make_subplots

from runner.escaping.html import chart_text
from runner.nightly.history.past import PastNight
from runner.nightly.history.records import NightSweep
from runner.report.charts.style import COLOURS, FAINT, apply_style, colour, share_axis, symbol
from runner.settings.devices import Device

_BAD = COLOURS[1]
_ROWS = ("mean accuracy", "picked, zipped bytes", "seconds a point")
_FLASH = "picked, bytes of flash"


def trend(nights: Sequence[PastNight], sweep: str) -> Figure | None:
    """Draw accuracy by target, the size of the pick, and time, over the nights of a sweep.

    Nights that were not good are marked by a red line; None where no night has the sweep.

    Args:
        nights: oldest first.
    """
    nights = [past for past in nights if sweep in past.night.sweeps]
    if not nights:
        return None
    figure = make_subplots(rows=3, cols=1, shared_xaxes=True, vertical_spacing=0.04)
    for row, line in _lines(nights, sweep):
        figure.add_trace(line, row=row, col=1)
    _mark_bad(figure, nights)
    for row, title in enumerate(_titles(nights[-1].night.sweeps[sweep]), start=1):
        figure.update_yaxes(title=title, row=row, col=1)
    figure.update_yaxes(**_accuracies(figure), row=1, col=1)
    figure.update_xaxes(type="category")
    figure.update_xaxes(title="night", row=3, col=1)
    return apply_style(figure, chart_text(sweep), height=720)


def _titles(last: NightSweep) -> Sequence[str]:
    accuracy, picked, seconds = _ROWS
    return accuracy, picked if last.device == Device.PHONE else _FLASH, seconds


def _accuracies(figure: Figure) -> dict[str, Any]:
    """Describe the axis of the accuracies, with room for whiskers."""
    ends = list[float]()
    for line in figure.select_traces(row=1, col=1):
        spreads = line.error_y.array or [0.0] * len(line.y)
        known = [(at, by or 0.0) for at, by in zip(line.y, spreads, strict=True) if at is not None]
        ends += [at + sign * by for at, by in known for sign in (-1, 1)]
    return (share_axis(ends) if ends else {}) | {"tickformat": ".2%"}


def _lines(nights: Sequence[PastNight], name: str) -> list[tuple[int, Scatter]]:
    """Draw the lines of all rows; returns the number of its row with each."""
    names = [chart_text(past.night.name) for past in nights]
    sweeps = [past.night.sweeps[name] for past in nights]
    targets = dict.fromkeys(target for sweep in sweeps for target in sweep.targets)
    lines = [
        (1, _line(names, [sweep.accuracy(target) for sweep in sweeps], chart_text(target), number))
        for number, target in enumerate(targets)
    ]
    for (_, line), target in zip(lines, targets, strict=True):
        spreads = [sweep.spread(target) for sweep in sweeps]
        # Of several seeds a night.
        if any(spreads):
            line.error_y = {"array": spreads, "thickness": 1}
    titles = _titles(sweeps[-1])
    # Bytes on another device do not compare.
    alike = [sweep.pick if sweep.device == sweeps[-1].device else None for sweep in sweeps]
    picks = [pick.device_bytes if pick else None for pick in alike]
    for row, values in ((2, picks), (3, [sweep.seconds for sweep in sweeps])):
        line = _line(names, values, titles[row - 1], 0)
        line.showlegend = False
        lines.append((row, line))
    return lines


def _line(names: Sequence[str], values: Sequence[float | None], name: str, number: int) -> Scatter:
    return Scatter(
        x=list(names),
        y=list(values),
        name=name,
        mode="lines+markers",
        line={"color": colour(number), "width": 2},
        marker={"symbol": symbol(number), "size": 7},
        hovertemplate=name + "<br>%{x}<br>%{y}<extra></extra>",
    )


def _mark_bad(figure: Figure, nights: Sequence[PastNight]) -> None:
    names = [past.night.name for past in nights]
    for past in nights:
        if not past.passed:
            shape = {"color": _BAD if not past.accepted else FAINT, "width": 1, "dash": "dot"}
            # Plotly takes no text of a category axis for a line's place, but its number.
            place = names.index(past.night.name)
            for row in (1, 2, 3):
                figure.add_vline(x=place, line=shape, row=row, col=1)
            figure.add_annotation(
                x=place, y=1, yref="y domain", text=chart_text(past.verdict), showarrow=False,
                row=1, col=1,
            )  # fmt: skip
