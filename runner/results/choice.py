"""Points, their baselines and limits go in; the file to ship, or the closest one, comes out."""

from collections.abc import Sequence
from dataclasses import dataclass

from runner.results.rows import Row
from runner.settings.targets import Target
from runner.tracking import Record

_STANDARD = f"validation_accuracy/{Target.H5}"
# Accuracies are shares of a whole number of images: the sum of two may be off by a hair.
_HAIR = 1e-9
# Which figure of a file a limit is about.
_MEASURED = {
    "max_bytes": "size_bytes",
    "max_zip_bytes": "zip_bytes",
    "max_latency_ms": "latency_ms",
}


@dataclass(frozen=True)
class File:
    """One file of one point, and how far its validation accuracy is below the best baseline's."""

    point: Record
    target: Target
    size_bytes: float
    zip_bytes: float
    zip_ratio: float
    accuracy: float
    validation_accuracy: float
    validation_drop: float
    latency_ms: float | None = None


@dataclass(frozen=True)
class Limits:
    """What a file must keep to be shipped; None sets no limit. Bytes, and milliseconds an image."""

    max_drop: float | None
    targets: tuple[Target, ...] = tuple(Target)
    max_bytes: float | None = None
    max_zip_bytes: float | None = None
    max_latency_ms: float | None = None

    def excess(self, name: str, file: File) -> float:
        """Return by how much the file is beyond a limit: points of accuracy, else a share of it."""
        limit = getattr(self, name)
        if name == "max_drop":
            return (file.validation_drop - float(limit)) * 100
        value = getattr(file, _MEASURED[name])
        return float("inf") if value is None else float(value / limit - 1)

    def broken_by(self, file: File) -> dict[str, str]:
        """Say which limits the file breaks, by the name of the limit, and what it has instead."""
        told = {
            "max_drop": (file.validation_drop - _HAIR, f"drops {file.validation_drop:.4f}"),
            "max_bytes": (file.size_bytes, f"is {file.size_bytes:,.0f} bytes"),
            "max_zip_bytes": (file.zip_bytes, f"is {file.zip_bytes:,.0f} bytes zipped"),
            "max_latency_ms": (
                file.latency_ms,
                "has no latency measured"
                if file.latency_ms is None
                else f"takes {file.latency_ms:.3g} ms",
            ),
        }
        return {
            name: text
            for name, (value, text) in told.items()
            if (limit := getattr(self, name)) is not None and (value is None or value > limit)
        }


def files(rows: Sequence[Row]) -> list[File]:
    """List every file that was measured; accuracy drops count from the best baseline's h5."""
    best = best_baseline(rows)
    return [
        _file(row.point, target, best.metrics[_STANDARD])
        for row in rows
        for target in Target
        if best and row.baseline and row.point.has_file(target)
    ]


def best_baseline(rows: Sequence[Row]) -> Record | None:
    """Return the baseline of the highest validation accuracy: the standard for every file.

    Judged by its own baseline, a file would be the better the worse that baseline is.
    """
    baselines = [row.baseline for row in rows if row.baseline]
    return max(baselines, key=lambda each: each.metrics[_STANDARD], default=None)


def standard(baseline: Record) -> float:
    """Return the validation accuracy of the baseline's h5 file."""
    return baseline.metrics[_STANDARD]


def smallest(rows: Sequence[Row], limits: Limits) -> File | None:
    """Choose the file of the fewest zipped bytes that keeps the limits; test accuracy has no say.

    Of equal sizes, the more accurate one is chosen.
    """
    good = [each for each in _asked(rows, limits) if not limits.broken_by(each)]
    return min(good, key=lambda each: (each.zip_bytes, each.validation_drop), default=None)


def closest(rows: Sequence[Row], limits: Limits) -> File | None:
    """Choose the file that breaks the fewest limits, and these by the least; then the smallest.

    A limit on bytes or milliseconds is broken by a share of it, one on accuracy by points.
    """

    def distance(file: File) -> tuple[int, float, float]:
        broken = limits.broken_by(file)
        return len(broken), sum(limits.excess(name, file) for name in broken), file.zip_bytes

    return min(_asked(rows, limits), key=distance, default=None)


def _asked(rows: Sequence[Row], limits: Limits) -> list[File]:
    return [each for each in files(rows) if each.target in limits.targets]


def _file(point: Record, target: Target, standard: float) -> File:
    figures = point.metrics
    validation = figures[f"validation_accuracy/{target}"]
    return File(
        point=point,
        target=target,
        size_bytes=figures[f"size_bytes/{target}"],
        zip_bytes=figures[f"zip_bytes/{target}"],
        zip_ratio=figures[f"zip_ratio/{target}"],
        accuracy=figures[f"accuracy/{target}"],
        validation_accuracy=validation,
        validation_drop=standard - validation,
        latency_ms=figures.get(f"latency_ms/{target}"),
    )
