"""Choose the file of a sweep to ship, or the one closest to its limits."""

from collections.abc import Sequence
from dataclasses import dataclass

from runner.results.rows import Row
from runner.settings.targets import Target
from runner.statistics.chance import chance_warning
from runner.tracking import Record

_BASELINE_ACCURACY = f"validation_accuracy/{Target.H5}"
# Accuracies are shares of a whole number of images: rounding puts a sum of two off by less.
_ROUNDING = 1e-9
# The figure of a file that a limit is about.
_LIMITED_FIGURES = {
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

    @property
    def artifact(self) -> str:
        """Its path among the artifacts of the point's run."""
        return f"models/{self.target.file_name}"


@dataclass(frozen=True)
class Limits:
    """The limits of a file to ship, in bytes and milliseconds an image; None sets no limit."""

    max_drop: float | None
    targets: tuple[Target, ...] = tuple(Target)
    max_bytes: float | None = None
    max_zip_bytes: float | None = None
    max_latency_ms: float | None = None

    def excess(self, name: str, file: File) -> float:
        """Return how far a file exceeds a limit: in points of accuracy, else as a share of it."""
        limit = getattr(self, name)
        if name == "max_drop":
            return (file.validation_drop - float(limit)) * 100
        value = getattr(file, _LIMITED_FIGURES[name])
        return float("inf") if value is None else float(value / limit - 1)

    def broken_by(self, file: File) -> dict[str, str]:
        """Return the limits that a file exceeds, by name, with what the file has in words."""
        values = {
            "max_drop": (file.validation_drop - _ROUNDING, f"drops {file.validation_drop:.4f}"),
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
            for name, (value, text) in values.items()
            if (limit := getattr(self, name)) is not None and (value is None or value > limit)
        }


def files(rows: Sequence[Row]) -> list[File]:
    """List every file that was measured; accuracy drops count from the best baseline's h5."""
    best = best_baseline(rows)
    return [
        _file(row.point, target, best.metrics[_BASELINE_ACCURACY])
        for row in rows
        for target in Target
        if best
        and row.baseline
        and row.point.has_file(target)
        # What came of a baseline at chance came about by chance.
        and not chance_warning(row.baseline.metrics)
    ]


def best_baseline(rows: Sequence[Row]) -> Record | None:
    """Return the baseline of the highest validation accuracy, which every file is judged by.

    Judged by its own baseline, a file would be the better the worse that baseline is.
    """
    baselines = [row.baseline for row in rows if row.baseline]
    return max(baselines, key=baseline_accuracy, default=None)


def baseline_accuracy(baseline: Record) -> float:
    """Return the validation accuracy of the baseline's h5 file."""
    return baseline.metrics[_BASELINE_ACCURACY]


def smallest(rows: Sequence[Row], limits: Limits) -> File | None:
    """Choose the file of the fewest zipped bytes within the limits; test accuracy plays no part.

    Of equal sizes, the more accurate one is chosen.
    """
    good = [file for file in _candidates(rows, limits) if not limits.broken_by(file)]
    return min(good, key=lambda file: (file.zip_bytes, file.validation_drop), default=None)


def closest(rows: Sequence[Row], limits: Limits) -> File | None:
    """Choose the file that exceeds the fewest limits, then by the least, then the smallest.

    The excess over a limit on bytes or milliseconds is a share of it, over accuracy in points.
    """

    def distance(file: File) -> tuple[int, float, float]:
        broken = limits.broken_by(file)
        return len(broken), sum(limits.excess(name, file) for name in broken), file.zip_bytes

    return min(_candidates(rows, limits), key=distance, default=None)


def _candidates(rows: Sequence[Row], limits: Limits) -> list[File]:
    return [file for file in files(rows) if file.target in limits.targets]


def _file(point: Record, target: Target, best: float) -> File:
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
        validation_drop=best - validation,
        latency_ms=figures.get(f"latency_ms/{target}"),
    )
