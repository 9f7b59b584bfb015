"""Findings go in; loss, validation accuracy and sparsity by epoch come out as one picture."""

from collections.abc import Mapping

from plotly.graph_objects import Figure, Scatter
from plotly.subplots import make_subplots

from runner.report.charts.style import COLOURS, colour, share_axis, styled
from runner.report.contents import CURVES, Findings

_TITLES: Mapping[str, str] = {
    "loss": "loss",
    "val_accuracy": "validation accuracy",
    "epoch_sparsity": "sparsity",
}


def curves(findings: Findings) -> Figure | None:
    """Draw the three curves of every shown point above each other; None where there are none."""
    points = [point for point in findings.shown if findings.curves[point.id]]
    if not points:
        return None
    figure = make_subplots(rows=len(CURVES), cols=1, shared_xaxes=True, vertical_spacing=0.04)
    for number, point in enumerate(points):
        name = f"{findings.sweep_of(point)} {point.name}".strip()
        dash = ("solid", "dot", "dash")[number // len(COLOURS)]
        for row, metric in enumerate(CURVES, start=1):
            curve = findings.curves[point.id].get(metric, [])
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
    for row, metric in enumerate(CURVES, start=1):
        values = [value for each in findings.curves.values() for _, value in each.get(metric, [])]
        axis = share_axis(values) if metric != "loss" and values else {}
        figure.update_yaxes(title=_TITLES[metric], row=row, col=1, **axis)
    figure.update_xaxes(title="epoch of fine-tuning", row=len(CURVES), col=1)
    longest = max(len(curve) for each in findings.curves.values() for curve in each.values())
    figure.update_xaxes(dtick=1 if longest <= 12 else None)
    return styled(figure, "How fine-tuning went", height=720)
