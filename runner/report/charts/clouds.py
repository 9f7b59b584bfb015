"""Draw the candidates of a report as clouds of marks, by target and by sweep."""

from collections.abc import Sequence, Set
from typing import Any

from plotly.graph_objects import Scatter

from runner.escaping.html import chart_text
from runner.report.charts.style import FAINT, colour, marker, symbol
from runner.report.charts.whiskers import MANY, accuracy_ends, whiskers
from runner.report.contents import Contents
from runner.results.candidate import Candidate, name_of
from runner.results.drop_words import interval
from runner.settings.targets import Target

HOVER = (
    "%{customdata[0]}<br>%{customdata[1]}<br>%{x:,.0f} %{customdata[3]}"
    "<br>validation %{y:.2%}, test %{customdata[2]:.2%}%{customdata[4]}<extra></extra>"
)
_Key = tuple[str, Target]


def clouds(contents: Contents, candidates: Sequence[Candidate]) -> list[Scatter]:
    """Draw one cloud for each target, and where sweeps are side by side, for each sweep too."""
    kinds = [target for target in Target if any(each.file.target is target for each in candidates)]
    groups: dict[_Key, list[Candidate]] = {}
    for each in candidates:
        key = (contents.sweep_of(each.file.point), each.file.target)
        groups.setdefault(key, []).append(each)
    certain = _with_whiskers(contents, candidates)
    if len(contents.sweeps) == 1:
        return [
            _cloud(
                contents, some, certain, str(target), _marker(kinds.index(target), target, kinds)
            )
            for (_, target), some in groups.items()
        ]
    drawn = [
        _cloud(
            contents, some, certain, f"{sweep} {target}",
            _marker(contents.labels.index(sweep), target, kinds),
        )
        for (sweep, target), some in groups.items()
    ]  # fmt: skip
    # The legend explains colours and shapes separately: together they would be too many.
    for cloud in drawn:
        cloud.showlegend = False
    return [*drawn, *_legend(contents.labels, kinds)]


def _marker(number: int, target: Target, kinds: Sequence[Target]) -> dict[str, Any]:
    return marker(colour(number), symbol(kinds.index(target)))


def _key(candidate: Candidate) -> _Key:
    return candidate.file.point.id, candidate.file.target


def _with_whiskers(contents: Contents, candidates: Sequence[Candidate]) -> Set[_Key]:
    """Choose the marks that get whiskers: of many, those on the front and those to ship."""
    best = [*contents.front, *contents.picked]
    return {_key(each) for each in (best if len(candidates) > MANY else candidates)}


def _cloud(
    contents: Contents,
    some: Sequence[Candidate],
    certain: Set[_Key],
    name: str,
    mark: dict[str, Any],
) -> Scatter:
    heights = [each.validation_accuracy for each in some]
    ends = [accuracy_ends(each) if _key(each) in certain else None for each in some]
    return Scatter(
        name=chart_text(name),
        x=[each.file.size for each in some],
        y=heights,
        error_y=whiskers(heights, ends) if any(ends) else None,
        customdata=[
            [
                *(chart_text(_name(each)), chart_text(name)),
                *(each.accuracy, contents.size_name, _drop(each)),
            ]
            for each in some
        ],
        mode="markers",
        marker=mark,
        hovertemplate=HOVER,
    )


def _name(candidate: Candidate) -> str:
    return name_of([file.point for file in candidate.files])


def _drop(candidate: Candidate) -> str:
    drop = f"<br>drop {candidate.drop * 100:.2f} points"
    ends = interval(candidate.validation)
    return f"{drop}, interval {ends}" if ends else drop


def _legend(sweeps: Sequence[str], kinds: Sequence[Target]) -> list[Scatter]:
    marks = [(sweep, colour(number), "circle") for number, sweep in enumerate(sweeps)]
    marks += [(str(kind), FAINT, symbol(number)) for number, kind in enumerate(kinds)]
    return [
        Scatter(
            name=chart_text(name), x=[None], y=[None], mode="markers", marker=marker(ink, shape)
        )
        for name, ink, shape in marks
    ]
