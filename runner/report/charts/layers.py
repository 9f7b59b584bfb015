"""Findings go in; the sparsity of every layer of the best points comes out as a picture."""

from plotly.graph_objects import Figure, Heatmap

from runner.report.charts.style import styled
from runner.report.contents import Findings


def layers(findings: Findings) -> Figure | None:
    """Draw a map of layers and points; None where no point was measured layer by layer."""
    points = [point for point in findings.shown if findings.layers[point.id]]
    if not points:
        return None
    # Two points may share a name when sweeps are side by side.
    columns = [f"{findings.sweep_of(point)} {point.name}".strip() for point in points]
    named = [
        {
            f"{line['layer']} {line['weight']}": float(line["sparsity"])
            for line in lines
            # Older tables hold nothing but what can be pruned.
            if line.get("prunable", "True") == "True"
        }
        for lines in (findings.layers[point.id] for point in points)
    ]
    names = list(dict.fromkeys(name for each in named for name in each))
    shares = [[each.get(name) for each in named] for name in names]
    figure = Figure(
        Heatmap(
            x=columns,
            y=names,
            z=shares,
            text=[["" if share is None else f"{share:.1%}" for share in row] for row in shares],
            texttemplate="%{text}",
            zmin=0,
            zmax=1,
            colorscale="Cividis",
            showscale=False,
            hovertemplate="%{x}<br>%{y}<br>%{text} zeros<extra></extra>",
            xgap=2,
            ygap=2,
        )
    )
    figure.update_xaxes(type="category", tickangle=-35, automargin=True)
    figure.update_yaxes(type="category", autorange="reversed", automargin=True)
    title = "Zeros by layer" + ("" if len(points) == len(findings.rows) else ", best points")
    return styled(figure, title, height=240 + 40 * len(names))
