"""Findings go in; accuracy against zipped bytes, with the front and the baseline, comes out."""

import math
from collections.abc import Sequence

from plotly.graph_objects import Figure, Scatter
from plotly.subplots import make_subplots

from runner.report.findings import Findings
from runner.report.pictures.style import FAINT, INK, byte_axis, colour, styled, symbol
from runner.results import choice
from runner.results.choice import File
from runner.results.decision import points
from runner.results.rows import Row
from runner.targets import Target
from runner.tracking import Record

_HOVER = (
    "%{customdata[0]}<br>%{customdata[1]}<br>%{x:,.0f} bytes zipped"
    "<br>validation %{y:.2%}, test %{customdata[2]:.2%}<extra></extra>"
)
# What is further below than this, and not on the front, is off the first view.
_ROOM = 0.01


def front(findings: Findings) -> Figure | None:
    """Draw one plot for each data set; None where no file was measured."""
    parts = [part for part in findings.parts if choice.files(part)]
    if not parts:
        return None
    titles = [_data(part) for part in parts] if len(parts) > 1 else None
    figure = make_subplots(rows=len(parts), cols=1, subplot_titles=titles, vertical_spacing=0.12)
    for number, part in enumerate(parts, start=1):
        _draw(figure, findings, part, number)
    title = "Accuracy against zipped bytes: up and to the left is better"
    return styled(figure, title, height=120 + 480 * len(parts))


def _draw(figure: Figure, findings: Findings, part: Sequence[Row], number: int) -> None:
    files = choice.files(part)
    baseline = choice.best_baseline(part)
    ids = {row.point.id for row in part}
    best = [file for file in findings.front if file.point.id in ids]
    picks = [file for file in findings.picks if file.point.id in ids]
    traces = [_front_line(best), *_clouds(findings, files), *_dense(part), *_picked(picks)]
    for trace in traces:
        trace.showlegend = number == 1 and trace.showlegend is not False
        figure.add_trace(trace, row=number, col=1)
    sizes = [file.zip_bytes for file in files]
    sizes += [size for trace in _dense(part) for size in trace.x]
    figure.update_xaxes(title="zipped bytes (log scale)", row=number, col=1, **byte_axis(sizes))
    figure.update_yaxes(title="validation accuracy", tickformat=".1%", row=number, col=1)
    _name_picks(figure, picks, number)
    if baseline:
        _limit(figure, findings, choice.standard(baseline), [*best, *picks], number)


def _clouds(findings: Findings, files: Sequence[File]) -> list[Scatter]:
    """Draw one cloud for each target, and where sweeps are side by side, each of their own."""
    kinds = [target for target in Target if any(file.target is target for file in files)]
    groups: dict[tuple[str, Target], list[File]] = {}
    for file in files:
        groups.setdefault((findings.sweep_of(file.point), file.target), []).append(file)
    several = len(findings.sweeps) > 1
    return [
        Scatter(
            name=f"{sweep} {target}".strip(),
            x=[file.zip_bytes for file in some],
            y=[file.validation_accuracy for file in some],
            customdata=[[file.point.name, name, file.accuracy] for file in some],
            mode="markers",
            marker={
                "color": colour(findings.labels.index(sweep) if several else kinds.index(target)),
                "symbol": symbol(kinds.index(target)),
                "size": 9,
                "opacity": 0.8,
                "line": {"width": 0.5, "color": "white"},
            },
            hovertemplate=_HOVER,
        )
        for (sweep, target), some in groups.items()
        for name in (f"{sweep} {target}".strip(),)
    ]


def _dense(part: Sequence[Row]) -> list[Scatter]:
    """Draw the files of the dense baselines, hollow."""
    found = {row.baseline.id: row.baseline for row in part if row.baseline}
    marks = [(each, kind) for each in found.values() for kind in Target if each.has_file(kind)]
    return [
        Scatter(
            name="dense baseline",
            x=[each.metrics[f"zip_bytes/{kind}"] for each, kind in marks],
            y=[each.metrics[f"validation_accuracy/{kind}"] for each, kind in marks],
            customdata=[[each.name, kind, _test(each, kind)] for each, kind in marks],
            mode="markers",
            marker={"color": INK, "symbol": "hexagon2-open", "size": 11, "line": {"width": 1.5}},
            hovertemplate=_HOVER,
        )
    ]


def _front_line(front: Sequence[File]) -> Scatter:
    return Scatter(
        name="best at its size",
        x=[file.zip_bytes for file in front],
        y=[file.validation_accuracy for file in front],
        mode="lines",
        line={"color": FAINT, "width": 2, "shape": "hv"},
        hoverinfo="skip",
    )


def _picked(picks: Sequence[File]) -> list[Scatter]:
    return [
        Scatter(
            name="to ship",
            x=[file.zip_bytes for file in picks],
            y=[file.validation_accuracy for file in picks],
            mode="markers",
            marker={"color": INK, "symbol": "circle-open", "size": 20, "line": {"width": 2.5}},
            hoverinfo="skip",
        )
    ]


def _name_picks(figure: Figure, picks: Sequence[File], number: int) -> None:
    for file in picks:
        figure.add_annotation(
            text=f"<b>{file.target} of {file.point.name}</b>",
            # Plotly counts in powers of ten here.
            x=math.log10(file.zip_bytes),
            y=file.validation_accuracy,
            ax=60,
            ay=60,
            xanchor="left",
            standoff=11,
            arrowcolor=INK,
            row=number,
            col=1,
        )


def _limit(
    figure: Figure, findings: Findings, standard: float, best: Sequence[File], number: int
) -> None:
    """Draw the least accuracy that may be shipped, and begin with a view of what is near it."""
    drop = findings.sweeps[0].max_drop
    limit = standard - drop
    figure.add_hline(
        y=limit,
        line={"color": FAINT, "dash": "dot"},
        annotation_text=f"limit: {points(drop)} below the dense baseline",
        annotation_position="bottom right",
        annotation_font_color="#666666",
        row=number,
        col=1,
    )
    seen = [standard, *(file.validation_accuracy for file in best)]
    least, most = min(*seen, limit), max(seen)
    room = max((most - least) / 5, _ROOM)
    view = [max(least - room, 0.0), min(most + room / 4, 1.005)]
    figure.update_yaxes(range=view, row=number, col=1)


def _test(record: Record, kind: Target) -> float:
    return record.metrics[f"accuracy/{kind}"]


def _data(part: Sequence[Row]) -> str:
    return part[0].point.params.get("dataset.name", "")
