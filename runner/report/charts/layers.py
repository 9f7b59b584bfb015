"""Draw the sparsity of every layer of the best points."""

from collections.abc import Mapping, Sequence

from plotly.graph_objects import Figure, Heatmap

from runner.escaping.html import chart_text
from runner.report.charts.style import MAP, apply_style
from runner.report.contents import Contents


def layers_chart(contents: Contents) -> Figure | None:
    """Draw a map of layers and points; None where no point was measured layer by layer."""
    points = [point for point in contents.shown if contents.layers[point.id]]
    if not points:
        return None
    # Two points may share a name when sweeps are side by side.
    columns = [chart_text(f"{contents.sweep_of(point)} {point.name}".strip()) for point in points]
    sparsities = [_sparsities(contents.layers[point.id]) for point in points]
    names = list(dict.fromkeys(name for point in sparsities for name in point))
    figure = _map(columns, names, [[point.get(name) for point in sparsities] for name in names])
    figure.update_xaxes(type="category", tickangle=-35, automargin=True)
    figure.update_yaxes(type="category", autorange="reversed", automargin=True)
    title = "Zeros by layer" + ("" if len(points) == len(contents.rows) else ", best points")
    return apply_style(figure, title, height=240 + 40 * len(names))


def _sparsities(lines: Sequence[Mapping[str, str]]) -> dict[str, float]:
    return {
        chart_text(f"{line['layer']} {line['weight']}"): float(line["sparsity"])
        for line in lines
        # Older tables hold nothing but what can be pruned.
        if line.get("prunable", "True") == "True"
    }


def _map(columns: list[str], names: list[str], shares: list[list[float | None]]) -> Figure:
    return Figure(
        Heatmap(
            x=columns,
            y=names,
            z=shares,
            text=[["" if share is None else f"{share:.1%}" for share in row] for row in shares],
            texttemplate="%{text}",
            zmin=0,
            zmax=1,
            colorscale=MAP,
            showscale=False,
            hovertemplate="%{x}<br>%{y}<br>%{text} zeros<extra></extra>",
            xgap=2,
            ygap=2,
        )
    )
