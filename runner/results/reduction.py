"""Tell how much smaller each step made a file: quantization, channels, pruning, what followed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.device.fit import fit
from runner.device.table import DeviceRow
from runner.results.file import File
from runner.results.rows import Row, alike, seed_of
from runner.results.way import FINAL, SPARSITY, prunes_weights, removes_channels
from runner.settings.devices import Device
from runner.settings.targets import Target
from runner.tracking import Record

_AFTER = {
    "cluster": "clustering",
    "qat": "quantization-aware training",
    "cluster_qat": "clustering and quantization-aware training",
}
_NONE = "none"
_COMPRESS = "compress."
# Kinds of files that keep the weights as they are.
_H5, _TFLITE, _QUANTIZATION = "the format of h5", "the format of TFLite", "quantization"
_FORMATS = {
    Target.H5: _H5,
    Target.TFLITE_FLOAT32: _TFLITE,
    Target.TFLITE_FLOAT32_SPARSE: _TFLITE,
    Target.TFLM_PRUNED_FLOAT32: _TFLITE,
}
# What was done, and the bytes of the file after it, where a point tells them.
_Stage = tuple[str, float | None]


@dataclass(frozen=True)
class Reduction:
    """How many times smaller than the baseline's h5 a file is, by step; the product is the total.

    Attributes:
        total: all steps together.
        kind: what the kind of file does: quantization, or only another format.
        conversion: what that makes of the dense model; None where the baseline has no such file.
        steps: what removing channels made of that, pruning, and what followed, by their names;
            those together under one name between which the sweep has no point.
    """

    total: float
    kind: str
    conversion: float | None
    steps: Mapping[str, float]

    @property
    def values(self) -> dict[str, Any]:
        """The factors as plain values."""
        key = "quantization" if self.kind == _QUANTIZATION else "format"
        return {"total": self.total, key: self.conversion, **self.steps}

    def __str__(self) -> str:
        """Say it in a few words."""
        # The h5 file of the dense model is what all is compared with.
        first = {} if self.conversion is None else {self.kind: self.conversion}
        factors = {**({} if self.kind == _H5 else first), **self.steps}
        parts = [f"{factor:.1f} by {name}" for name, factor in factors.items()]
        return f"{self.total:.1f} times smaller than the dense h5: {', '.join(parts)}"


def reduction(file: File, rows: Sequence[Row]) -> Reduction:
    """Compare a file with those of the dense model, and of points that leave the last steps out.

    Args:
        rows: all points that the file was chosen among.
    """
    # The one that it was made from, which need not be the one that it is judged by.
    own = next((row for row in rows if row.point.id == file.point.id), None)
    dense = own.baseline if own and own.baseline else file.dense
    figures = dense.figures(Target.H5)
    whole = figures["zip_bytes" if file.device is Device.PHONE else "size_bytes"]
    kind = file.target if dense.has_file(file.target) else file.target.source
    start = _size(dense, kind, own.baseline_devices if own else (), file.device)
    name = _FORMATS.get(file.target, _QUANTIZATION)
    stages = [*([] if start else [(name, None)]), *_stages(file, rows)]
    return Reduction(
        whole / file.size, name, whole / start if start else None, _factors(start or whole, stages)
    )


def _factors(start: float, stages: Sequence[_Stage]) -> dict[str, float]:
    """Return by how much each stage made the file smaller; those of unknown size as one."""
    factors: dict[str, float] = {}
    names: list[str] = []
    for name, size in stages:
        names.append(name)
        if size is not None:
            factors[" and ".join(names)] = start / size
            start, names = size, []
    return factors


def _stages(file: File, rows: Sequence[Row]) -> list[_Stage]:
    """Name what was done to the dense model, and how large the file is after it."""
    removes, prunes = removes_channels(file.point), prunes_weights(file.point)
    after = _AFTER.get(file.point.params.get("compress.name", _NONE))
    found: list[_Stage] = []
    if removes:
        found.append(("removing channels", _size_before(file, rows, (_COMPRESS, *SPARSITY))))
    if prunes or not removes:
        found.append(("pruning", _size_before(file, rows, (_COMPRESS,))))
    if after:
        found.append((after, None))
    # The last one made the file itself.
    return [*found[:-1], (found[-1][0], file.size)]


def _size_before(file: File, rows: Sequence[Row], later: tuple[str, ...]) -> float | None:
    """Return the size of the file of a point that differs in nothing but what it leaves out.

    Args:
        later: how the settings begin of what it leaves out.
    """
    sizes = (
        _size(row.point, file.target, row.devices, file.device)
        for row in rows
        if _leaves_out(row.point, later)
        and seed_of(row.point) == seed_of(file.point)
        and _before(row.point, later) == _before(file.point, later)
    )
    return next(filter(None, sizes), None)


def _leaves_out(point: Record, later: tuple[str, ...]) -> bool:
    pruned = FINAL in later and prunes_weights(point)
    return point.params.get("compress.name", _NONE) == _NONE and not pruned


def _before(point: Record, later: tuple[str, ...]) -> set[tuple[str, str]]:
    return {item for item in alike(point) if not item[0].startswith(later)}


def _size(
    run: Record, target: Target | None, devices: Sequence[DeviceRow], device: Device
) -> float | None:
    if target is None or not run.has_file(target):
        return None
    return fit(target, run.figures(target), devices, device).size
