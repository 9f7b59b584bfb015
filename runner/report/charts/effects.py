"""Draw the effect of each setting that varies on accuracy and bytes."""

from collections.abc import Iterable, Sequence
from statistics import mean

from plotly.graph_objects import Figure, Scatter
from plotly.subplots import make_subplots

from runner.escaping.html import chart_text
from runner.report.charts.style import apply_style, byte_axis, colour, share_axis
from runner.report.charts.whiskers import MANY, Ends, accuracy_ends, whiskers
from runner.report.contents import Contents
from runner.report.seed_group import SeedGroup, of_points
from runner.results.candidate import name_of
from runner.results.rows import SEED, number, sort_key, targets, varying
from runner.settings.labels import short
from runner.settings.targets import Target

# More plots side by side are too narrow to read.
_MOST = 5

# Of a mark: where it stands, and the ends of its whisker.
_Height = tuple[float, Ends | None]


def effects_chart(contents: Contents) -> Figure | None:
    """Draw, for each setting that varies, its values against accuracy and bytes on the device.

    The files are those of one target: the picked one's. Those that differ in nothing but their
    seed are one mark, and the seed has no plot. None where nothing else varies.
    """
    kinds = [kind for kind in targets(contents.rows) if _groups(contents, kind)]
    kinds += [file.target for file in contents.picks[:1]]
    target = kinds[-1] if kinds else None
    groups = _groups(contents, target) if target else []
    varied = varying([record for group in groups for record in group.records])
    names = [name for name in varied if name != SEED][:_MOST]
    if target is None or not names:
        return None
    figure = make_subplots(
        rows=2, cols=len(names), shared_yaxes="rows", shared_xaxes="columns",
        horizontal_spacing=0.03, vertical_spacing=0.06,
    )  # fmt: skip
    rows = (_shares(groups), _sizes(contents, groups))
    for column, name in enumerate(names, start=1):
        for row, heights in enumerate(rows, start=1):
            figure.add_traces(_draw(groups, name, heights), rows=row, cols=column)
    _label(figure, contents, groups, names)
    return apply_style(
        figure, f"Each setting's effect on {target} files; the line is the mean", 640
    )


def _groups(contents: Contents, target: Target) -> list[SeedGroup]:
    """Return the files of this kind that the device runs."""
    groups = of_points(contents.rows, contents.candidates)
    of_kind = [each for each in groups if each.target is target]
    return [each for each in of_kind if contents.size(each.record, target) is not None]


def _shares(groups: Sequence[SeedGroup]) -> list[_Height]:
    few = len(groups) <= MANY
    return [
        (
            each.validation_accuracy,
            accuracy_ends(each.candidate) if few and each.candidate else None,
        )
        for each in groups
    ]


def _sizes(contents: Contents, groups: Sequence[SeedGroup]) -> list[_Height]:
    sizes = [
        [size for record in each.records if (size := contents.size(record, each.target))]
        for each in groups
    ]
    few = len(groups) <= MANY
    return [
        (mean(some), (min(some), max(some)) if few and len(some) > 1 else None) for some in sizes
    ]


def _draw(groups: Sequence[SeedGroup], name: str, heights: Sequence[_Height]) -> list[Scatter]:
    values = [_value(group.record.params.get(name, "")) for group in groups]
    middles = [height for height, _ in heights]
    ends = [each for _, each in heights]
    dots = Scatter(
        x=values,
        y=middles,
        error_y=whiskers(middles, ends, opacity=0.25) if any(ends) else None,
        text=[chart_text(name_of(group.records)) for group in groups],
        mode="markers",
        marker={"color": colour(0), "size": 8, "opacity": 0.55},
        hovertemplate="%{text}<br>%{y}<extra></extra>",
        showlegend=False,
    )
    places = _places(values)
    means = [
        mean(height for value, height in zip(values, middles, strict=True) if value == place)
        for place in places
    ]
    line = Scatter(
        x=places, y=means, mode="lines", line={"color": colour(1), "width": 2.5},
        hoverinfo="skip", showlegend=False,
    )  # fmt: skip
    return [dots, line]


def _label(
    figure: Figure,
    contents: Contents,
    groups: Sequence[SeedGroup],
    names: Sequence[str],
) -> None:
    labels = short(names)
    for column, name in enumerate(names, start=1):
        values = _places(_value(group.record.params.get(name, "")) for group in groups)
        numeric = all(isinstance(value, float) for value in values)
        few = {"tickvals": values} if numeric and len(values) <= 6 else {}
        kind = "linear" if numeric else "category"
        figure.update_xaxes(type=kind, row=1, col=column, **few)
        figure.update_xaxes(type=kind, title=chart_text(labels[name]), row=2, col=column, **few)
    sizes = [size for size, _ in _sizes(contents, groups)]
    shares = [end for share, ends in _shares(groups) for end in (share, *(ends or ()))]
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
