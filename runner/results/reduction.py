"""Tell how much smaller each step made a file: quantization, pruning, and what followed it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.device.fit import fit
from runner.device.table import DeviceRow
from runner.results.file import File
from runner.results.rows import Row, alike, seed_of
from runner.settings.devices import Device
from runner.settings.targets import Target
from runner.tracking import Record

_AFTER = {
    "cluster": "clustering",
    "qat": "quantization-aware training",
    "cluster_qat": "clustering and quantization-aware training",
}
_NONE = "none"
# Kinds of files that keep the weights as they are.
_H5, _TFLITE, _QUANTIZATION = "the format of h5", "the format of TFLite", "quantization"
_FORMATS = {
    Target.H5: _H5,
    Target.TFLITE_FLOAT32: _TFLITE,
    Target.TFLITE_FLOAT32_SPARSE: _TFLITE,
    Target.TFLM_PRUNED_FLOAT32: _TFLITE,
}


@dataclass(frozen=True)
class Reduction:
    """How many times smaller than the baseline's h5 a file is, by step; the product is the total.

    Attributes:
        total: all steps together.
        kind: what the kind of file does: quantization, or only another format.
        conversion: what that makes of the dense model; None where the baseline has no such file.
        steps: what pruning made of that, and what followed it, by their names; together under one
            name where the sweep has no point that was only pruned.
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
    """Compare a file with the files of the dense model, and of the model that was only pruned.

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
    steps = _steps(file, rows, start or whole, "pruning" if start else f"{name} and pruning")
    return Reduction(whole / file.size, name, whole / start if start else None, steps)


def _steps(file: File, rows: Sequence[Row], start: float, first: str) -> dict[str, float]:
    after = _AFTER.get(file.point.params.get("compress.name", _NONE))
    if after is None:
        return {first: start / file.size}
    only_pruned = (row for row in rows if _only_pruned(row.point, file.point))
    sizes = (_size(row.point, file.target, row.devices, file.device) for row in only_pruned)
    pruned = next(filter(None, sizes), None)
    if pruned is None:
        return {f"{first} and {after}": start / file.size}
    return {first: start / pruned, after: pruned / file.size}


def _only_pruned(other: Record, point: Record) -> bool:
    """Tell whether another point differs in nothing but that nothing followed its pruning."""
    return (
        other.params.get("compress.name", _NONE) == _NONE
        and seed_of(other) == seed_of(point)
        and _before_compression(other) == _before_compression(point)
    )


def _before_compression(point: Record) -> set[tuple[str, str]]:
    return {item for item in alike(point) if not item[0].startswith("compress.")}


def _size(
    run: Record, target: Target | None, devices: Sequence[DeviceRow], device: Device
) -> float | None:
    if target is None or not run.has_file(target):
        return None
    return fit(target, run.figures(target), devices, device).size
