"""Draw the files of a report as clouds of marks, by target and by sweep."""

from collections.abc import Sequence

from plotly.graph_objects import Scatter

from runner.escaping.html import chart_text
from runner.report.charts.style import FAINT, colour, marker, symbol
from runner.report.contents import Contents
from runner.results.choice import File
from runner.settings.targets import Target

HOVER = (
    "%{customdata[0]}<br>%{customdata[1]}<br>%{x:,.0f} %{customdata[3]}"
    "<br>validation %{y:.2%}, test %{customdata[2]:.2%}<extra></extra>"
)


def clouds(contents: Contents, files: Sequence[File]) -> list[Scatter]:
    """Draw one cloud for each target, and where sweeps are side by side, for each sweep too."""
    kinds = [target for target in Target if any(file.target is target for file in files)]
    groups: dict[tuple[str, Target], list[File]] = {}
    for file in files:
        groups.setdefault((contents.sweep_of(file.point), file.target), []).append(file)
    if len(contents.sweeps) == 1:
        return [
            _cloud(contents, some, str(target), kinds.index(target), kinds.index(target))
            for (_, target), some in groups.items()
        ]
    drawn = [
        _cloud(
            contents, some, f"{sweep} {target}", contents.labels.index(sweep), kinds.index(target)
        )
        for (sweep, target), some in groups.items()
    ]
    # The legend explains colours and shapes separately: together they would be too many.
    for cloud in drawn:
        cloud.showlegend = False
    return [*drawn, *_legend(contents.labels, kinds)]


def _cloud(
    contents: Contents, files: Sequence[File], name: str, number: int, shape: int
) -> Scatter:
    return Scatter(
        name=chart_text(name),
        x=[file.size for file in files],
        y=[file.validation_accuracy for file in files],
        customdata=[
            [chart_text(file.point.name), chart_text(name), file.accuracy, contents.size_name]
            for file in files
        ],
        mode="markers",
        marker=marker(colour(number), symbol(shape)),
        hovertemplate=HOVER,
    )


def _legend(sweeps: Sequence[str], kinds: Sequence[Target]) -> list[Scatter]:
    marks = [(sweep, colour(number), "circle") for number, sweep in enumerate(sweeps)]
    marks += [(str(kind), FAINT, symbol(number)) for number, kind in enumerate(kinds)]
    return [
        Scatter(
            name=chart_text(name), x=[None], y=[None], mode="markers", marker=marker(ink, shape)
        )
        for name, ink, shape in marks
    ]
