"""A sweep's points and their baselines go in; the table and the file to ship come out."""

from collections.abc import Sequence
from dataclasses import dataclass

from runner.targets import Target
from runner.tracking import Record

_STANDARD = f"validation_accuracy/{Target.H5}"


@dataclass(frozen=True)
class Row:
    """A point and the baseline that it started from; none where it failed before it had one."""

    point: Record
    baseline: Record | None


@dataclass(frozen=True)
class Pick:
    """One file of one point, and how far its validation accuracy is below the best baseline's."""

    point: Record
    target: Target
    zip_bytes: float
    zip_ratio: float
    accuracy: float
    validation_accuracy: float
    validation_drop: float


def varying(points: Sequence[Record]) -> list[str]:
    """Name the settings in which the points differ, in the order of the settings."""
    names = list(dict.fromkeys(name for point in points for name in point.params))
    return [name for name in names if len({point.params.get(name) for point in points}) > 1]


def targets(rows: Sequence[Row]) -> list[Target]:
    """Name the targets that any point has a file of."""
    return [
        target
        for target in Target
        if any(f"zip_bytes/{target}" in row.point.metrics for row in rows)
    ]


def by_data(rows: Sequence[Row]) -> list[list[Row]]:
    """Part the rows by their dataset settings: accuracies on other images do not compare."""
    parts: dict[frozenset[tuple[str, str]], list[Row]] = {}
    for row in rows:
        settings = row.point.params.items()
        key = frozenset(item for item in settings if item[0].startswith("dataset."))
        parts.setdefault(key, []).append(row)
    return list(parts.values())


def best_baseline(rows: Sequence[Row]) -> Record | None:
    """Return the baseline of the highest validation accuracy: the standard for every file.

    Judged by its own baseline, a file would be the better the worse that baseline is.
    """
    baselines = [row.baseline for row in rows if row.baseline]
    return max(baselines, key=lambda each: each.metrics[_STANDARD], default=None)


def smallest(rows: Sequence[Row], max_drop: float) -> Pick | None:
    """Pick the file of the fewest zipped bytes whose validation accuracy fell at most max_drop.

    The fall is counted from the best baseline's h5 file; test accuracy has no say. Of equal
    sizes, the more accurate one is picked.
    """
    # Accuracies are shares of a whole number of images: the sum of two may be off by a hair.
    good = [each for each in _files(rows) if each.validation_drop <= max_drop + 1e-9]
    return min(good, key=lambda each: (each.zip_bytes, each.validation_drop), default=None)


def closest(rows: Sequence[Row]) -> Pick | None:
    """Pick the file of the highest validation accuracy."""
    files = _files(rows)
    return min(files, key=lambda each: (each.validation_drop, each.zip_bytes), default=None)


def _files(rows: Sequence[Row]) -> list[Pick]:
    best = best_baseline(rows)
    return [
        _pick(row.point, target, best.metrics[_STANDARD])
        for row in rows
        for target in Target
        if best and row.baseline and f"zip_bytes/{target}" in row.point.metrics
    ]


def _pick(point: Record, target: Target, standard: float) -> Pick:
    figures = point.metrics
    validation = figures[f"validation_accuracy/{target}"]
    return Pick(
        point=point,
        target=target,
        zip_bytes=figures[f"zip_bytes/{target}"],
        zip_ratio=figures[f"zip_ratio/{target}"],
        accuracy=figures[f"accuracy/{target}"],
        validation_accuracy=validation,
        validation_drop=standard - validation,
    )
