"""Say whether a device runs a file, and what the file takes there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from runner.device.host import OWN
from runner.device.table import HOST, DeviceRow
from runner.device.tflm import NO_TFLITE_FILE
from runner.settings.devices import Device
from runner.settings.targets import Target

_NOT_MEASURED = "nobody has measured it there"


@dataclass(frozen=True)
class Fit:
    """What a device makes of a file.

    Attributes:
        runs: whether the device runs it; None where nobody knows.
        reason: why it does not, or why nobody knows.
        size: bytes: of its zip on a phone, else of the file as it lies in the device's memory.
        ram: bytes of memory while it runs; None where nobody has measured it.
        latency_ms: milliseconds an image: for a phone, of the machine of the sweep; for an
            Ethos-U, as Vela estimates them; None where nobody has measured them.
        own: numbers that the user's own command printed, by their names.
    """

    runs: bool | None
    reason: str
    size: float
    ram: float | None = None
    latency_ms: float | None = None
    own: Mapping[str, float] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, Any]:
        """The figures as plain values, by the names of the table of devices."""
        return {
            "runs": self.runs,
            "reason": self.reason,
            "flash_bytes": self.size,
            "ram_bytes": self.ram,
            "latency_ms": self.latency_ms,
        }


def fit(
    target: Target, figures: Mapping[str, float], rows: Sequence[DeviceRow], device: Device
) -> Fit:
    """Say what a device makes of a file.

    Args:
        figures: the metrics of the file, by their names without the target.
        rows: the table of devices of the file's run, as far as it was read; where it has no line
            for the file, the metrics count.
    """
    by_device = {row.device: row for row in rows if row.target == target}
    host = by_device[HOST].figures if HOST in by_device else {}
    known = {**figures, **host}
    own = {name.removeprefix(OWN): known[name] for name in known if name.startswith(OWN)}
    if device is Device.PHONE:
        return _on_phone(target, known, own)
    row = by_device.get(device) or _from_metrics(target, figures, device)
    flash = row.figures.get("flash_bytes")
    # A file of unknown size cannot be chosen.
    runs = None if flash is None and row.runs else row.runs
    return Fit(
        runs=runs,
        reason=row.reason or ("" if runs else _NOT_MEASURED),
        size=figures["size_bytes"] if flash is None else flash,
        ram=row.figures.get("ram_bytes"),
        latency_ms=row.figures.get("latency_ms"),
        own=own,
    )


def _on_phone(target: Target, known: Mapping[str, float], own: Mapping[str, float]) -> Fit:
    runs = not target.on_tflm_only
    return Fit(
        runs=runs,
        reason="" if runs else "LiteRT cannot decode its weights",
        size=known["zip_bytes"],
        # Its name in earlier versions was shorter.
        ram=known.get("litert_arena_bytes", known.get("arena_bytes")),
        latency_ms=known.get("latency_ms"),
        own=own,
    )


def _from_metrics(target: Target, figures: Mapping[str, float], device: Device) -> DeviceRow:
    """Make the line of a run whose table was not read, or has none."""
    if not target.file_name.endswith(".tflite"):
        return DeviceRow(target, device, False, NO_TFLITE_FILE)
    if device is Device.MICROCONTROLLER:
        names = {"flash_bytes": "size_bytes", "ram_bytes": "tflm_arena_bytes"}
        runs = figures.get("runs_on_tflm")
        reason = "TFLite Micro refuses it" if runs == 0 else ""
    else:
        parts = {"flash_bytes": "flash_bytes", "ram_bytes": "sram_bytes"}
        names = {name: f"{device}_{part}" for name, part in parts.items()}
        # Vela's figures are logged of what it compiles, which need not run.
        runs, reason = None, ""
    values = {name: figures[metric] for name, metric in names.items() if metric in figures}
    return DeviceRow(target, device, None if runs is None else bool(runs), reason, "", values)
