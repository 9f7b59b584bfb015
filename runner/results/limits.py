"""Say what a file to ship must keep, and which of it a file breaks."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from runner.device.budgets import Budgets, Excess
from runner.results.file import File
from runner.settings.devices import Device
from runner.settings.targets import Target

# Accuracies are shares of a whole number of images: rounding puts a sum of two off by less.
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Limits:
    """The limits of a file to ship, in bytes and milliseconds an image; None sets no limit.

    Attributes:
        max_latency_ms: on the machine of the sweep, whatever the device.
        device: what the file must run on.
        budgets: the room on it.
    """

    max_drop: float | None
    targets: tuple[Target, ...] = tuple(Target)
    max_bytes: float | None = None
    max_zip_bytes: float | None = None
    max_latency_ms: float | None = None
    device: Device = Device.PHONE
    budgets: Budgets = field(default_factory=Budgets)

    @property
    def is_plain(self) -> bool:
        """Whether files are chosen as if nobody had asked for a device."""
        return self.device is Device.PHONE and not self.budgets.values

    @property
    def values(self) -> dict[str, Any]:
        """Those that set a limit, as plain values."""
        limits = {name: getattr(self, name) for name in ("max_drop", "targets", *_TEXTS)}
        known = {name: value for name, value in limits.items() if value is not None}
        return {**known, **self.budgets.values}

    def broken_by(self, file: File) -> list[Excess]:
        """Return the limits that a file exceeds; of a sum, accuracy counts in points."""
        found = [] if file.runs else [_not_there(self.device, file)]
        # Rounding must not decide.
        drop = file.validation_drop - _ROUNDING
        if self.max_drop is not None and drop > self.max_drop:
            option, text = f"--max-drop={self.max_drop:g}", f"drops {file.validation_drop:.4f}"
            found.append(Excess(option, text, (file.validation_drop - self.max_drop) * 100))
        found += self._exceeded(file)
        return [*found, *self.budgets.exceeded_by(file.fit, self.device)]

    def _exceeded(self, file: File) -> Iterator[Excess]:
        for name, (figure, text) in _TEXTS.items():
            most, value = getattr(self, name), getattr(file, figure)
            if most is None or (value is not None and value <= most):
                continue
            option = f"--{name.replace('_', '-')}={most:g}"
            if value is None:
                yield Excess(option, "has no latency measured", float("inf"))
            else:
                yield Excess(option, text.format(value), float(value / most - 1))


# By the limit: the figure of a file that it is about, and how to say it.
_TEXTS = {
    "max_bytes": ("size_bytes", "is {:,.0f} bytes"),
    "max_zip_bytes": ("zip_bytes", "is {:,.0f} bytes zipped"),
    "max_latency_ms": ("machine_ms", "takes {:.3g} ms"),
}


def _not_there(device: Device, file: File) -> Excess:
    verb = "cannot be told to run" if file.runs is None else "does not run"
    return Excess(f"--device={device}", f"{verb} there ({file.reason})", float("inf"))
