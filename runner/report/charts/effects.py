"""Draw the effect of each setting that varies on accuracy and bytes."""

from collections.abc import Iterable, Sequence
from statistics import mean

from plotly.graph_objects import Figure, Scatter
from plotly.subplots import make_subplots

from runner.escaping.html import chart_text
from runner.report.charts.style import apply_style, byte_axis, colour, share_axis
from runner.report.contents import Contents
from runner.results.rows import number, sort_key, targets, varying
from runner.settings.labels import short
from runner.settings.targets import Target
from runner.tracking import Record

# More plots side by side are too narrow to read.
_MOST = 5


def effects_chart(contents: Contents) -> Figure | None:
    """Draw, for each setting that varies, its values against accuracy and bytes on the device.

    The files are those of one target: the picked one's. None where nothing varies.
    """
    kinds = [kind for kind in targets(contents.rows) if _points(contents, kind)]
    kinds += [file.target for file in contents.picks[:1]]
    target = kinds[-1] if kinds else None
    points = _points(contents, target) if target else []
    names = varying(points)[:_MOST]
    if target is None or not names:
        return None
    figure = make_subplots(
        rows=2, cols=len(names), shared_yaxes="rows", shared_xaxes="columns",
        horizontal_spacing=0.03, vertical_spacing=0.06,
    )  # fmt: skip
    for column, name in enumerate(names, start=1):
        heights = (_shares(points, target), _sizes(contents, points, target))
        _draw(figure, points, name, heights, column)
    _label(figure, contents, points, target, names)
    return apply_style(
        figure, f"Each setting's effect on {target} files; the line is the mean", 640
    )


def _points(contents: Contents, target: Target) -> list[Record]:
    """Return the points with a file of this kind that the device runs."""
    points = [row.point for row in contents.rows if row.point.has_file(target)]
    return [point for point in points if contents.size(point, target) is not None]


def _shares(points: Sequence[Record], target: Target) -> list[float]:
    return [point.metrics[f"validation_accuracy/{target}"] for point in points]


def _sizes(contents: Contents, points: Sequence[Record], target: Target) -> list[float]:
    return [size for point in points if (size := contents.size(point, target)) is not None]


def _draw(
    figure: Figure,
    points: Sequence[Record],
    name: str,
    rows: Sequence[Sequence[float]],
    column: int,
) -> None:
    values = [_value(point.params.get(name, "")) for point in points]
    for row, heights in enumerate(rows, start=1):
        dots = Scatter(
            x=values,
            y=heights,
            text=[chart_text(point.name) for point in points],
            mode="markers",
            marker={"color": colour(0), "size": 8, "opacity": 0.55},
            hovertemplate="%{text}<br>%{y}<extra></extra>",
            showlegend=False,
        )
        places = _places(values)
        means = [
            mean(height for value, height in zip(values, heights, strict=True) if value == place)
            for place in places
        ]
        line = Scatter(
            x=places, y=means, mode="lines", line={"color": colour(1), "width": 2.5},
            hoverinfo="skip", showlegend=False,
        )  # fmt: skip
        figure.add_traces([dots, line], rows=row, cols=column)


def _label(
    figure: Figure,
    contents: Contents,
    points: Sequence[Record],
    target: Target,
    names: Sequence[str],
) -> None:
    labels = short(names)
    for column, name in enumerate(names, start=1):
        values = _places(_value(point.params.get(name, "")) for point in points)
        numeric = all(isinstance(value, float) for value in values)
        few = {"tickvals": values} if numeric and len(values) <= 6 else {}
        kind = "linear" if numeric else "category"
        figure.update_xaxes(type=kind, row=1, col=column, **few)
        figure.update_xaxes(type=kind, title=chart_text(labels[name]), row=2, col=column, **few)
    sizes, shares = _sizes(contents, points, target), _shares(points, target)
    for column in range(1, len(names) + 1):
        figure.update_yaxes(row=1, col=column, **share_axis(shares))
        figure.update_yaxes(row=2, col=column, **byte_axis(sizes))
    figure.update_yaxes(title="validation accuracy", row=1, col=1)
    figure.update_yaxes(title=f"{contents.size_name} (log scale)", row=2, col=1)


def _places(values: Iterable[float | str]) -> list[float | str]:
    return sorted(set(values), key=lambda value: sort_key(str(value)))


def _value(text: str) -> float | str:
    size = number(text)
    return chart_text(text) if size is None else size
