"""List what each class of the data pays for the file to ship."""

from typing import Any

from runner.report.contents import Contents
from runner.results.class_figures import ClassFigures

# Of more classes, those that fell most.
_MOST = 30
_HEADING = ("class", "test images", "baseline", "this file", "fall, points", "beyond noise")


def tables(contents: Contents) -> list[dict[str, Any]]:
    """Return a table for each file to ship whose classes are known, the largest fall first."""
    found = []
    for pick in contents.classes:
        ranked = sorted(pick.classes.figures, key=lambda each: (-each.fall, each.accuracy))
        if not ranked:
            continue
        of = f"{pick.file.target} of {pick.file.point.name}"
        if len(ranked) > _MOST:
            of += f": the {_MOST} of {len(ranked)} classes that fell most"
        lines = [_line(each) for each in ranked[:_MOST]]
        found.append({"of": of, "heading": _HEADING, "lines": lines})
    return found


def _line(figures: ClassFigures) -> tuple[str, ...]:
    return (
        figures.name,
        f"{figures.images:,}",
        f"{figures.dense_accuracy:.2%}",
        f"{figures.accuracy:.2%}",
        f"{figures.fall * 100:.2f}",
        "yes" if figures.beyond_noise else "no",
    )
