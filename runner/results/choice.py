"""Choose the file of a sweep to ship, or the one closest to its limits."""

from collections.abc import Sequence

from runner.device.fit import fit
from runner.results.file import File
from runner.results.limits import Limits
from runner.results.rows import Row
from runner.settings.devices import Device
from runner.settings.targets import Target
from runner.statistics.chance import chance_warning
from runner.tracking import Record

# Where the others look for them.
__all__ = [
    "File",
    "Limits",
    "baseline_accuracy",
    "best_baseline",
    "closest",
    "files",
    "smallest",
]

# What runs comes first, and what nobody has tried before what is refused.
_PLACES = {True: 0, None: 1, False: 2}
_BASELINE_ACCURACY = f"validation_accuracy/{Target.H5}"


def files(rows: Sequence[Row], device: Device = Device.PHONE) -> list[File]:
    """List every file that was measured, those that the device does not run too.

    Accuracy drops count from the best baseline's h5.
    """
    best = best_baseline(rows)
    return [
        _file(row, target, best.metrics[_BASELINE_ACCURACY], device)
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
    """Choose the file of the fewest bytes on the device within the limits, of those that run there.

    Test accuracy plays no part. Of equal sizes, the more accurate one is chosen.
    """
    good = [file for file in _candidates(rows, limits) if not limits.broken_by(file)]
    return min(good, key=lambda file: (file.size, file.validation_drop), default=None)


def closest(rows: Sequence[Row], limits: Limits) -> File | None:
    """Choose the file that exceeds the fewest limits, then by the least, then the smallest.

    What runs on the device comes before what does not. The excess over a limit on bytes or
    milliseconds is a share of it, over accuracy in points.
    """

    def distance(file: File) -> tuple[int, int, float, float]:
        broken = limits.broken_by(file)
        excess = sum(each.share for each in broken)
        return _PLACES[file.runs], len(broken), excess, file.size

    return min(_candidates(rows, limits), key=distance, default=None)


def _candidates(rows: Sequence[Row], limits: Limits) -> list[File]:
    return [file for file in files(rows, limits.device) if file.target in limits.targets]


def _file(row: Row, target: Target, best: float, device: Device) -> File:
    figures = row.point.figures(target)
    validation = figures["validation_accuracy"]
    return File(
        point=row.point,
        target=target,
        size_bytes=figures["size_bytes"],
        zip_bytes=figures["zip_bytes"],
        zip_ratio=figures["zip_ratio"],
        accuracy=figures["accuracy"],
        validation_accuracy=validation,
        validation_drop=best - validation,
        fit=fit(target, figures, row.devices, device),
        device=device,
        machine_ms=figures.get("latency_ms"),
    )
