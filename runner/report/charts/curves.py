"""Draw loss, validation accuracy and sparsity by epoch."""

from collections.abc import Mapping

from plotly.graph_objects import Figure, Scatter
from plotly.subplots import make_subplots

from runner.escaping.html import chart_text
from runner.report.charts.style import COLOURS, apply_style, colour, share_axis
from runner.report.contents import Contents
from runner.report.shown_points import CURVES

_TITLES: Mapping[str, str] = {
    "loss": "loss",
    "val_accuracy": "validation accuracy",
    "epoch_sparsity": "sparsity",
}


def curves_chart(contents: Contents) -> Figure | None:
    """Draw the three curves of every shown point above each other; None where there are none."""
    points = [point for point in contents.shown if contents.curves[point.id]]
    if not points:
        return None
    figure = make_subplots(rows=len(CURVES), cols=1, shared_xaxes=True, vertical_spacing=0.04)
    for number, point in enumerate(points):
        name = chart_text(f"{contents.sweep_of(point)} {point.name}".strip())
        dash = ("solid", "dot", "dash")[number // len(COLOURS)]
        for row, metric in enumerate(CURVES, start=1):
            curve = contents.curves[point.id].get(metric, [])
            line = Scatter(
                x=[step for step, _ in curve],
                y=[value for _, value in curve],
                name=name,
                legendgroup=point.id,
                showlegend=row == 1,
                mode="lines+markers",
                line={"color": colour(number), "dash": dash},
                marker={"size": 5},
            )
            figure.add_trace(line, row=row, col=1)
    _name_axes(figure, contents)
    return apply_style(figure, "How fine-tuning went", height=720)


def _name_axes(figure: Figure, contents: Contents) -> None:
    for row, metric in enumerate(CURVES, start=1):
        values = [
            value for metrics in contents.curves.values() for _, value in metrics.get(metric, [])
        ]
        axis = share_axis(values) if metric != "loss" and values else {}
        figure.update_yaxes(title=_TITLES[metric], row=row, col=1, **axis)
    figure.update_xaxes(title="epoch of fine-tuning", row=len(CURVES), col=1)
    longest = max(len(curve) for metrics in contents.curves.values() for curve in metrics.values())
    figure.update_xaxes(dtick=1 if longest <= 12 else None)
