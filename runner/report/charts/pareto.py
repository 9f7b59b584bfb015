"""Draw accuracy against bytes on the device, with the Pareto front and the dense baselines."""

import math
from collections.abc import Sequence

from plotly.graph_objects import Figure, Scatter
from plotly.subplots import make_subplots

from runner.escaping.html import chart_text
from runner.report.charts.clouds import HOVER, clouds
from runner.report.charts.style import FAINT, INK, apply_style, byte_axis, share_axis
from runner.report.charts.whiskers import accuracy_ends, whiskers
from runner.report.contents import Contents
from runner.report.seed_group import of_baselines
from runner.results.candidate import Candidate, name_of
from runner.results.choice import among
from runner.results.file_words import in_points
from runner.results.rows import Row, data_label


def front_chart(contents: Contents) -> Figure | None:
    """Draw one plot for each data set; None where no file was measured."""
    groups = [group for group in contents.groups if contents.candidates_of(group)]
    if not groups:
        return None
    several = groups if len(groups) > 1 else []
    titles = [chart_text(data_label(group, contents.rows)) for group in several]
    figure = make_subplots(rows=len(groups), cols=1, subplot_titles=titles, vertical_spacing=0.12)
    for number, group in enumerate(groups, start=1):
        _draw(figure, contents, group, number)
    title = f"Accuracy against {contents.size_name}: up and to the left is better"
    return apply_style(figure, title, height=120 + 480 * len(groups))


def _draw(figure: Figure, contents: Contents, group: Sequence[Row], number: int) -> None:
    candidates = contents.candidates_of(group)
    best = among(contents.front, group)
    picks = among(contents.picked, group)
    traces = [
        _front_line(best),
        *clouds(contents, candidates),
        *_dense(contents, group),
        *_picks(picks),
    ]
    for trace in traces:
        trace.showlegend = number == 1 and trace.showlegend is not False
        figure.add_trace(trace, row=number, col=1)
    sizes = [each.file.size for each in candidates]
    sizes += [size for trace in _dense(contents, group) for size in trace.x]
    title = f"{contents.size_name} (log scale)"
    figure.update_xaxes(title=title, row=number, col=1, **byte_axis(sizes))
    figure.update_yaxes(title="validation accuracy", row=number, col=1)
    _name_picks(figure, contents, picks, number)
    _limits(figure, contents, group, number)


def _dense(contents: Contents, group: Sequence[Row]) -> list[Scatter]:
    """Draw the files of the dense baselines, hollow; of several seeds, their mean."""
    marks = [
        (each, size)
        for each in of_baselines(group)
        if (size := contents.size(each.record, each.target)) is not None
    ]
    rest = (contents.size_name, "")
    return [
        Scatter(
            name="dense baseline",
            x=[size for _, size in marks],
            y=[each.validation_accuracy for each, _ in marks],
            customdata=[
                [chart_text(name_of(each.records)), each.target, each.accuracy, *rest]
                for each, _ in marks
            ],
            mode="markers",
            marker={"color": INK, "symbol": "hexagon2-open", "size": 11, "line": {"width": 1.5}},
            hovertemplate=HOVER,
        )
    ]


def _front_line(front: Sequence[Candidate]) -> Scatter:
    return Scatter(
        name="best at its size",
        x=[each.file.size for each in front],
        y=[each.validation_accuracy for each in front],
        mode="lines",
        line={"color": FAINT, "width": 2, "shape": "hv"},
        hoverinfo="skip",
    )


def _picks(picks: Sequence[Candidate]) -> list[Scatter]:
    heights = [each.validation_accuracy for each in picks]
    return [
        Scatter(
            name="to ship",
            x=[each.file.size for each in picks],
            y=heights,
            error_y=whiskers(heights, [accuracy_ends(each) for each in picks], opacity=1),
            mode="markers",
            marker={"color": INK, "symbol": "circle-open", "size": 20, "line": {"width": 2.5}},
            hoverinfo="skip",
        )
    ]


def _name_picks(
    figure: Figure, contents: Contents, picks: Sequence[Candidate], number: int
) -> None:
    for position, pick in enumerate(picks):
        file = pick.file
        sweep = contents.sweep_of(file.point)
        name = chart_text(f"{sweep}{': ' if sweep else ''}{file.target} of {file.point.name}")
        figure.add_annotation(
            text=f"<b>{name}</b>",
            # Plotly counts in powers of ten here.
            x=math.log10(file.size),
            y=pick.validation_accuracy,
            ax=60,
            # Under each other: the picks of several sweeps may lie close together.
            ay=60 + 26 * position,
            xanchor="left",
            bgcolor="rgba(255, 255, 255, 0.85)",
            standoff=11,
            arrowcolor=INK,
            row=number,
            col=1,
        )


def _limits(figure: Figure, contents: Contents, group: Sequence[Row], number: int) -> None:
    """Draw the least accuracies that may be shipped, and show the range around them at first."""
    ids = {row.point.id for row in group}
    decisions = [
        (results, decision)
        for results, decision in contents.decisions
        if ids & {row.point.id for row in decision.rows}
    ]
    limits: dict[float, str] = {}
    for results, decision in decisions:
        if decision.dense and not decision.warning:
            limit = decision.dense.accuracy - results.max_drop
            limits.setdefault(limit, f"limit: {in_points(results.max_drop)} below the baseline")
    for limit, text in limits.items():
        figure.add_hline(
            y=limit,
            line={"color": FAINT, "dash": "dot"},
            annotation_text=text,
            annotation_position="bottom right",
            annotation_font_color="#666666",
            row=number,
            col=1,
        )
    best = among([*contents.front, *contents.picked], group)
    dense = [each.dense.accuracy for _, each in decisions if each.dense]
    ends = [end for each in best for end in accuracy_ends(each) or (each.validation_accuracy,)]
    shares = [*limits, *dense, *ends]
    figure.update_yaxes(row=number, col=1, **share_axis(shares))
