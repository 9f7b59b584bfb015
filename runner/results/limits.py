"""Say what a file to ship must keep, and which of it a file breaks."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from runner.device.budgets import Budgets, Excess
from runner.results.candidate import Candidate
from runner.results.file import File
from runner.settings.devices import Device
from runner.settings.targets import Target
from runner.statistics.certainty import ROUNDING, Certainty


@dataclass(frozen=True)
class Limits:
    """The limits of a file to ship; None sets no limit.

    Attributes:
        max_bytes, max_zip_bytes: of the file, and of its zip.
        max_latency_ms: milliseconds an image on the machine of the sweep, whatever the device.
        max_macs: multiply-accumulates of one image.
        confidence: with which the drop must be within its limit, from 0 to 1; None judges by the
            drop that was measured.
        device: what the file must run on.
        budgets: the room on it.
    """

    max_drop: float | None
    targets: tuple[Target, ...] = tuple(Target)
    max_bytes: float | None = None
    max_zip_bytes: float | None = None
    max_latency_ms: float | None = None
    max_macs: float | None = None
    device: Device = Device.PHONE
    budgets: Budgets = field(default_factory=Budgets)
    confidence: float | None = None

    @property
    def is_plain(self) -> bool:
        """Whether files are chosen as if nobody had asked for a device."""
        return self.device is Device.PHONE and not self.budgets.values

    @property
    def values(self) -> dict[str, Any]:
        """Those that set a limit, as plain values."""
        limits = {
            name: getattr(self, name) for name in ("max_drop", "confidence", "targets", *_TEXTS)
        }
        known = {name: value for name, value in limits.items() if value is not None}
        return {**known, **self.budgets.values}

    def broken_by(self, candidate: Candidate) -> list[Excess]:
        """Return the limits that a candidate exceeds; of a sum, accuracy counts in points."""
        file = candidate.file
        found = [] if file.runs else [_not_there(self.device, file)]
        found += self._drops(candidate)
        found += self._exceeded(file)
        return [*found, *self.budgets.exceeded_by(file.fit, self.device)]

    def _drops(self, candidate: Candidate) -> Iterator[Excess]:
        if self.max_drop is None:
            return
        option = f"--max-drop={self.max_drop:g}"
        if self.confidence is None:
            # Rounding must not decide.
            if candidate.drop - ROUNDING > self.max_drop:
                text = f"drops {candidate.drop:.4f}"
                yield Excess(option, text, (candidate.drop - self.max_drop) * 100)
        elif candidate.certainty(self.max_drop) is not Certainty.WITHIN:
            option, most = f"{option} --confidence={self.confidence:g}", candidate.most_drop
            if most is None:
                yield Excess(option, "has no interval measured", float("inf"))
            else:
                yield Excess(option, f"may drop {most:.4f}", (most - self.max_drop) * 100)

    def _exceeded(self, file: File) -> Iterator[Excess]:
        for name, (figure, text, missing) in _TEXTS.items():
            most, value = getattr(self, name), getattr(file, figure)
            if most is None or (value is not None and value <= most):
                continue
            option = f"--{name.replace('_', '-')}={most:.15g}"
            if value is None:
                yield Excess(option, missing, float("inf"))
            else:
                yield Excess(option, text.format(value), float(value / most - 1))


# By the limit: the figure of a file that it is about, how to say it, and that nobody knows it.
_TEXTS = {
    "max_bytes": ("size_bytes", "is {:,.0f} bytes", "has no size measured"),
    "max_zip_bytes": ("zip_bytes", "is {:,.0f} bytes zipped", "has no size measured"),
    "max_latency_ms": ("machine_ms", "takes {:.3g} ms", "has no latency measured"),
    "max_macs": ("macs", "takes {:,.0f} MACs", "has no MACs measured"),
}


def _not_there(device: Device, file: File) -> Excess:
    verb = "cannot be told to run" if file.runs is None else "does not run"
    return Excess(f"--device={device}", f"{verb} there ({file.reason})", float("inf"))
