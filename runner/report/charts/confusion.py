"""Draw which answers the file to ship and its baseline give to the images of each class."""

from collections.abc import Sequence

from plotly.graph_objects import Figure, Heatmap
from plotly.subplots import make_subplots

from runner.escaping.html import chart_text
from runner.report.charts.style import MAP, apply_style
from runner.report.contents import Contents
from runner.report.picked_classes import PickedClasses
from runner.results.confusion import Confusion

# With more classes a map is illegible: those that lost most are shown.
_LEGIBLE = 20
# Pixels, of a class and of the smallest map.
_CLASS, _LEAST = 30, 260


def confusion_chart(contents: Contents) -> Figure | None:
    """Draw two maps for each file to ship; None where no run tells its answers."""
    pairs = [(pick, pick.dense, pick.pruned) for pick in contents.classes]
    maps = [(pick, dense, pruned) for pick, dense, pruned in pairs if dense and pruned]
    if not maps:
        return None
    titles = [title for pick, *_ in maps for title in ("dense baseline, h5", _name(pick))]
    figure = make_subplots(rows=len(maps), cols=2, subplot_titles=titles, horizontal_spacing=0.15)
    height = 120
    for row, (pick, *confusions) in enumerate(maps, start=1):
        shown = _shown(pick, confusions[0].names)
        for column, confusion in enumerate(confusions, start=1):
            figure.add_trace(_map(confusion, shown), row=row, col=column)
        figure.update_yaxes(title="class", row=row, col=1)
        height += max(_LEAST, _CLASS * len(shown)) + 60
    figure.update_xaxes(type="category", tickangle=-35, automargin=True)
    figure.update_xaxes(title="answer", row=len(maps))
    figure.update_yaxes(type="category", autorange="reversed", automargin=True)
    return apply_style(figure, _title([pick for pick, *_ in maps]), height)


def _name(pick: PickedClasses) -> str:
    return chart_text(f"{pick.file.point.name}, {pick.file.target}")


def _title(picks: Sequence[PickedClasses]) -> str:
    most = max(len(pick.classes.names) for pick in picks)
    some = f", the {_LEGIBLE} of {most} classes that lost most" if most > _LEGIBLE else ""
    return f"Answers to the test images of each class{some}"


def _shown(pick: PickedClasses, names: Sequence[str]) -> list[int]:
    """Number the classes to show: if too many, by the largest falls, then the worst accuracies."""
    if len(names) <= _LEGIBLE:
        return list(range(len(names)))
    ranked = sorted(pick.classes.figures, key=lambda each: (-each.fall, each.accuracy))
    return sorted(names.index(each.name) for each in ranked[:_LEGIBLE])


def _map(confusion: Confusion, shown: Sequence[int]) -> Heatmap:
    names = [chart_text(confusion.names[number]) for number in shown]
    rows = [confusion.counts[number] for number in shown]
    totals = [max(sum(row), 1) for row in rows]
    counts = [[row[number] for number in shown] for row in rows]
    pairs = zip(counts, totals, strict=True)
    return Heatmap(
        x=names,
        y=names,
        z=[[count / total for count in row] for row, total in pairs],
        text=[[str(count) if count else "" for count in row] for row in counts],
        texttemplate="%{text}",
        customdata=counts,
        zmin=0,
        zmax=1,
        colorscale=MAP,
        showscale=False,
        hovertemplate="class %{y}<br>answer %{x}<br>%{customdata} images, %{z:.1%}<extra></extra>",
        xgap=1,
        ygap=1,
    )
