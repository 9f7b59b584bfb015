"""Measure again what devices make of the files of a kept result, as far as it can be told."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from runner.data.images import AnyImages
from runner.device.macs import macs_of
from runner.device.measurement import measure_devices
from runner.device.metrics import device_metrics
from runner.device.table import HOST, TABLE, DeviceRow, read_devices
from runner.device.wanted import Wanted
from runner.measure.file_sizes import zstd_bytes
from runner.measure.tensor_arena import arena_bytes
from runner.point.kept_notes import OF_A_DEVICE
from runner.settings.devices import Device
from runner.settings.targets import Target

# Within the time that there is, fewer images may have been compared.
_CLOSE = 0.05
_AGREEMENT = "agreement"


class Untrue(ValueError):
    """A figure contradicts the file beside it."""


@dataclass(frozen=True)
class KeptDevices:
    """The table of devices of a kept result, with the files that it is said to be of.

    Attributes:
        table: its text.
        figures: metrics of the point by their names.
        files: by target.
    """

    table: str
    figures: Mapping[str, float]
    files: Mapping[Target, Path]

    def require_true(self, wanted: Wanted, images: AnyImages) -> None:
        """Measure the files again, and compare; nobody can tell how fast they were.

        Raises:
            Untrue: a figure contradicts its file, or the metrics are not those of the table.
            Exception: of any kind, for a table that cannot be read.
        """
        kept = read_devices(self.table)
        # Measuring takes longest, and comes last.
        devices = [device for device in wanted.devices if device.is_ethos_u]
        asked = [Device.MICROCONTROLLER, *devices, HOST]
        keys = [(str(target), str(device)) for target in self.files for device in asked]
        if sorted((row.target, row.device) for row in kept) != sorted(keys):
            raise Untrue(f"{TABLE} has other rows than the files")
        self._require_metrics(kept)
        claimed = {(row.target, row.device): row for row in kept}
        measured = measure_devices(self.files, replace(wanted, command=None, latency=False), images)
        for row in (*measured, *(self._host(target) for target in self.files)):
            _require_same(claimed[row.target, row.device], row)

    def _host(self, target: Target) -> DeviceRow:
        path = self.files[target]
        arena = arena_bytes(path) if target.conversion else None
        arenas = {} if arena is None else {"litert_arena_bytes": float(arena)}
        figures = {"zstd_bytes": float(zstd_bytes(path)), **arenas}
        return DeviceRow(str(target), HOST, None, figures=figures)

    def _require_metrics(self, rows: Iterable[DeviceRow]) -> None:
        """Require that the metrics are what the table and the files make of them."""
        expected = {**device_metrics(rows), **macs_of(self.files)}
        found = {name: value for name, value in self.figures.items() if OF_A_DEVICE.fullmatch(name)}
        for name in sorted({*expected, *found}):
            one, other = found.get(name), expected.get(name)
            if one is None or other is None or not _close(one, other):
                raise Untrue(f"{name} is {_text(one)}; {TABLE} and the file have {_text(other)}")


def _require_same(claimed: DeviceRow, measured: DeviceRow) -> None:
    where = f"{TABLE}, {claimed.target} on {claimed.device}"
    host = measured.device == HOST
    words = ("runs", "reason", "measured_by")
    if not host and any(getattr(claimed, each) != getattr(measured, each) for each in words):
        raise Untrue(f"{where}: it is {measured.reason or 'fine'} by {measured.measured_by}")
    if not all(math.isfinite(value) for value in claimed.figures.values()):
        raise Untrue(f"{where}: no finite number")
    names = measured.figures if host else {*claimed.figures, *measured.figures}
    for name in sorted(names):
        one, other = claimed.figures.get(name), measured.figures.get(name)
        far = _CLOSE if name == _AGREEMENT else 0.0
        if one is None or other is None or not (_close(one, other) or abs(one - other) <= far):
            raise Untrue(f"{where}: {name} is {_text(one)}; the file has {_text(other)}")


def _close(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)


def _text(value: float | None) -> str:
    return "missing" if value is None else f"{value:g}"
