"""A sweep's points and their baselines go in; the table and the file to ship come out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from runner.targets import Target
from runner.tracking import Record


@dataclass(frozen=True)
class Row:
    """A point and the baseline that it started from; none where it failed before it had one."""

    point: Record
    baseline: Record | None


@dataclass(frozen=True)
class Pick:
    """One file of one point, with what it is judged by."""

    point: Record
    target: Target
    zip_bytes: float
    zip_ratio: float
    accuracy: float
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


def smallest(rows: Sequence[Row], max_drop: float) -> Pick | None:
    """Pick the file of the fewest zipped bytes whose validation accuracy fell at most max_drop.

    The fall is counted from the validation accuracy of the baseline's h5 file; test accuracy
    has no say. Of equal sizes, the more accurate one is picked.
    """
    # Accuracies are shares of a whole number of images: the sum of two may be off by a hair.
    good = [each for each in _files(rows) if each.validation_drop <= max_drop + 1e-9]
    return min(good, key=lambda each: (each.zip_bytes, each.validation_drop), default=None)


def closest(rows: Sequence[Row]) -> Pick | None:
    """Pick the file that lost the least validation accuracy."""
    return min(_files(rows), key=lambda each: (each.validation_drop, each.zip_bytes), default=None)


def _files(rows: Sequence[Row]) -> Iterable[Pick]:
    for row in rows:
        if row.baseline is None:
            continue
        for target in Target:
            if f"zip_bytes/{target}" in row.point.metrics:
                yield _pick(row.point, target, row.baseline.metrics)


def _pick(point: Record, target: Target, baseline: Mapping[str, float]) -> Pick:
    figures = point.metrics
    return Pick(
        point=point,
        target=target,
        zip_bytes=figures[f"zip_bytes/{target}"],
        zip_ratio=figures[f"zip_ratio/{target}"],
        accuracy=figures[f"accuracy/{target}"],
        validation_drop=baseline["validation_accuracy/h5"]
        - figures[f"validation_accuracy/{target}"],
    )
