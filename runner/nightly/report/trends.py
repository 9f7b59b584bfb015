"""Nights, oldest first, go in; a figure of what became of each sweep over them comes out."""

from collections.abc import Sequence
from statistics import mean

from plotly.graph_objects import Figure, Scatter
from plotly.subplots import make_subplots

from runner.nightly.history.past import EARLY, GOOD, Past
from runner.nightly.history.records import NightSweep
from runner.report.charts.style import COLOURS, FAINT, apply_style, colour, symbol

_BAD = COLOURS[1]
_ROWS = ("mean accuracy", "picked, zipped bytes", "seconds a point")


def trend(nights: Sequence[Past], sweep: str) -> Figure | None:
    """Draw accuracy by target, the size of the pick, and time, over the nights of a sweep.

    Nights that were not good stand on a red line; None where no night has the sweep.
    """
    held = [(each, each.night.sweeps[sweep]) for each in nights if sweep in each.night.sweeps]
    if not held:
        return None
    figure = make_subplots(rows=3, cols=1, shared_xaxes=True, vertical_spacing=0.04)
    names = [each.night.name for each, _ in held]
    sweeps = [each for _, each in held]
    for number, target in enumerate(_targets(sweeps)):
        line = _line(names, [_accuracy(each, target) for each in sweeps], target, number)
        figure.add_trace(line, row=1, col=1)
    picks = [each.pick.zip_bytes if each.pick else None for each in sweeps]
    for row, values in ((2, picks), (3, [_seconds(each) for each in sweeps])):
        line = _line(names, values, _ROWS[row - 1], 0)
        line.showlegend = False
        figure.add_trace(line, row=row, col=1)
    _mark_bad(figure, [each for each, _ in held])
    for row, title in enumerate(_ROWS, start=1):
        figure.update_yaxes(title=title, row=row, col=1, tickformat=".2%" if row == 1 else ",")
    figure.update_xaxes(type="category")
    figure.update_xaxes(title="night", row=3, col=1)
    return apply_style(figure, sweep, height=720)


def _line(names: Sequence[str], values: Sequence[float | None], name: str, number: int) -> Scatter:
    return Scatter(
        x=list(names),
        y=list(values),
        name=name,
        mode="lines+markers",
        line={"color": colour(number), "width": 2},
        marker={"symbol": symbol(number), "size": 7},
        hovertemplate="%{x}<br>%{y}<extra>" + name + "</extra>",
    )


def _mark_bad(figure: Figure, nights: Sequence[Past]) -> None:
    for each in nights:
        if each.verdict not in (GOOD, EARLY):
            shape = {"color": _BAD if not each.accepted else FAINT, "width": 1, "dash": "dot"}
            # Plotly takes no text of a category axis for a line's place, but its number.
            place = [one.night.name for one in nights].index(each.night.name)
            for row in (1, 2, 3):
                figure.add_vline(x=place, line=shape, row=row, col=1)
            figure.add_annotation(
                x=place, y=1, yref="y domain", text=each.verdict, showarrow=False,
                yanchor="bottom", font={"color": _BAD, "size": 12}, row=1, col=1,
            )  # fmt: skip


def _targets(sweeps: Sequence[NightSweep]) -> list[str]:
    points = [point for sweep in sweeps for point in sweep.points.values()]
    return list(dict.fromkeys(target for point in points for target in point.files))


def _accuracy(sweep: NightSweep, target: str) -> float | None:
    files = [each.files[target] for each in sweep.points.values() if target in each.files]
    return mean(file.accuracy for file in files) if files else None


def _seconds(sweep: NightSweep) -> float | None:
    known = [each.seconds for each in sweep.points.values() if each.seconds is not None]
    return mean(known) if known else None
