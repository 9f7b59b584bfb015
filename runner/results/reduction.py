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


@dataclass(frozen=True)
class Reduction:
    """How many times smaller than the baseline's h5 a file is, by step; the product is the total.

    Attributes:
        total: all steps together.
        quantization: what the kind of file makes of the dense model; None where the baseline has
            no file of this kind.
        steps: what pruning made of that, and what followed it, by their names; together under one
            name where the sweep has no point that was only pruned.
    """

    total: float
    quantization: float | None
    steps: Mapping[str, float]

    @property
    def values(self) -> dict[str, Any]:
        """The factors as plain values."""
        return {"total": self.total, "quantization": self.quantization, **self.steps}

    def __str__(self) -> str:
        """Say it in a few words."""
        first = {} if self.quantization is None else {"quantization": self.quantization}
        factors = {**first, **self.steps}
        parts = [f"{factor:.1f} by {name}" for name, factor in factors.items()]
        return f"{self.total:.1f} times smaller than the dense h5: {', '.join(parts)}"


def reduction(file: File, rows: Sequence[Row]) -> Reduction:
    """Compare a file with the files of the dense model, and of the model that was only pruned.

    Args:
        rows: all points that the file was chosen among.
    """
    dense = file.dense.figures(Target.H5)
    whole = dense["zip_bytes" if file.device is Device.PHONE else "size_bytes"]
    devices = next(
        (row.baseline_devices for row in rows if row.baseline and row.baseline.id == file.dense.id),
        (),
    )
    kind = file.target if file.dense.has_file(file.target) else file.target.source
    start = _size(file.dense, kind, devices, file.device)
    first = "pruning" if start else "quantization and pruning"
    steps = _steps(file, rows, start or whole, first)
    return Reduction(whole / file.size, whole / start if start else None, steps)


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
