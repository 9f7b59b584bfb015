"""Choose the file of a sweep to ship, or the one closest to its limits."""

from collections.abc import Sequence

from runner.device.fit import fit
from runner.measure.correct_table import Correct
from runner.results.candidate import Candidate
from runner.results.dense import Dense, best_dense, validation_accuracy
from runner.results.file import File, Pairs
from runner.results.limits import Limits
from runner.results.rows import Row, repeats
from runner.settings.devices import Device
from runner.settings.targets import Target
from runner.statistics.chance import chance_warning

# Where the others look for them.
__all__ = [
    "Candidate",
    "File",
    "Limits",
    "among",
    "candidates",
    "files",
    "in_order",
    "nearest",
    "of_targets",
    "smallest",
]

# What runs comes first, and what nobody has tried before what is refused.
_PLACES = {True: 0, None: 1, False: 2}
# Of the intervals that are shown where nobody asks for another confidence.
CONFIDENCE = 0.95


def files(rows: Sequence[Row], device: Device = Device.PHONE) -> list[File]:
    """List every file that was measured, those that the device does not run too.

    Accuracy drops count from the h5 of the best baseline, made with the point's own seed.
    """
    dense = best_dense(rows)
    return [
        _file(row, target, dense, device)
        for row in rows
        for target in Target
        if dense
        and row.baseline
        and row.point.has_file(target)
        # What came of a baseline at chance came about by chance.
        and not chance_warning(row.baseline.metrics)
    ]


def candidates(
    rows: Sequence[Row], device: Device = Device.PHONE, confidence: float | None = None
) -> list[Candidate]:
    """Group the files: those of points that differ in nothing but their seed are judged together.

    Args:
        confidence: of the intervals of their drops, from 0 to 1; 0.95 unless given.
    """
    found = files(rows, device)
    kinds = [[file for file in found if file.target is target] for target in Target]
    groups = [group for kind in kinds for group in repeats(kind, lambda file: file.point)]
    return [Candidate.of(group, confidence or CONFIDENCE) for group in groups]


def among(candidates: Sequence[Candidate], group: Sequence[Row]) -> list[Candidate]:
    """Return those of some rows."""
    ids = {row.point.id for row in group}
    return [each for each in candidates if each.file.point.id in ids]


def smallest(rows: Sequence[Row], limits: Limits) -> Candidate | None:
    """Choose what takes the fewest bytes on the device within the limits, of what runs there.

    Test accuracy plays no part. Of equal sizes, the more accurate one is chosen.
    """
    return next(iter(in_order(of_targets(rows, limits), limits)), None)


def in_order(candidates: Sequence[Candidate], limits: Limits) -> list[Candidate]:
    """List those that keep the limits, in the order in which they are preferred."""
    good = [each for each in candidates if not limits.broken_by(each)]
    return sorted(good, key=lambda each: (each.file.size, each.drop))


def nearest(candidates: Sequence[Candidate], limits: Limits) -> Candidate | None:
    """Choose what exceeds the fewest limits, then by the least, then the smallest; None of none.

    What runs on the device comes before what does not. The excess over a limit on bytes,
    milliseconds or multiply-accumulates is a share of it, over accuracy in points.
    """

    def distance(candidate: Candidate) -> tuple[int, int, float, float]:
        broken = limits.broken_by(candidate)
        excess = sum(each.share for each in broken)
        return _PLACES[candidate.file.runs], len(broken), excess, candidate.file.size

    return min(candidates, key=distance, default=None)


def of_targets(rows: Sequence[Row], limits: Limits) -> list[Candidate]:
    """List the candidates of the targets that the limits leave, whatever else these ask for."""
    found = candidates(rows, limits.device, limits.confidence)
    return [each for each in found if each.file.target in limits.targets]


def _file(row: Row, target: Target, dense: Dense, device: Device) -> File:
    figures = row.point.figures(target)
    seed = dense.seed(row.point)
    return File(
        point=row.point,
        dense=dense.runs[seed],
        target=target,
        size_bytes=figures["size_bytes"],
        zip_bytes=figures["zip_bytes"],
        zip_ratio=figures["zip_ratio"],
        accuracy=figures["accuracy"],
        validation_accuracy=figures["validation_accuracy"],
        validation_drop=validation_accuracy(dense.runs[seed]) - figures["validation_accuracy"],
        fit=fit(target, figures, row.devices, device),
        device=device,
        machine_ms=figures.get("latency_ms"),
        pairs=_pairs(dense.correct.get(seed), row.correct.get(target)),
        images=row.images,
    )


def _pairs(dense: Correct | None, own: Correct | None) -> Pairs | None:
    """Pair the answers of two files to the same images."""
    if dense is None or own is None or not own.is_of_images_of(dense):
        return None
    return Pairs(own.data, (dense.validation, own.validation), (dense.test, own.test))
