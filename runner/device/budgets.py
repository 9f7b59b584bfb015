"""Say the most that a file may take on a device, and by how much files exceed it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from runner.device.fit import Fit
from runner.settings.byte_count import as_option, in_units
from runner.settings.device import DeviceSettings
from runner.settings.devices import Device


@dataclass(frozen=True)
class Excess:
    """How a file exceeds a budget.

    Attributes:
        option: the budget, as an option of the command line.
        text: what the file has, in words.
        share: how much that is above the budget, as a share of it; infinite where nobody knows.
    """

    option: str
    text: str
    share: float


@dataclass(frozen=True)
class Budgets:
    """The most that a file may take; None sets no limit.

    Attributes:
        flash: bytes: of its zip on a phone, else of the file as it lies in memory.
        ram: bytes of memory while it runs.
        latency_ms: milliseconds an image.
        own: numbers of the user's own command, by their names.
    """

    flash: float | None = None
    ram: float | None = None
    latency_ms: float | None = None
    own: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: DeviceSettings) -> Self:
        """Take those of the settings."""
        return cls(settings.flash, settings.ram, settings.latency_ms, dict(settings.own))

    def over(self, others: Self) -> Self:
        """Return these budgets, and those of others that these do not set."""
        return replace(others, **{**self.values, "own": {**others.own, **self.own}})

    @property
    def values(self) -> dict[str, Any]:
        """Those that set a limit, by their names."""
        own = {"own": dict(self.own)} if self.own else {}
        limits = {"flash": self.flash, "ram": self.ram, "latency_ms": self.latency_ms}
        return {name: value for name, value in limits.items() if value is not None} | own

    @property
    def words(self) -> list[str]:
        """Say each of them, as in `256K of flash`."""
        texts = [
            *([] if self.flash is None else [f"{in_units(self.flash)} of flash"]),
            *([] if self.ram is None else [f"{in_units(self.ram)} of RAM"]),
            *([] if self.latency_ms is None else [f"{self.latency_ms:g} ms"]),
        ]
        return [*texts, *(f"{name} {most:g}" for name, most in self.own.items())]

    def exceeded_by(self, fit: Fit, device: Device) -> list[Excess]:
        """Return the budgets that a file exceeds, or of which nobody knows."""
        zipped = " zipped" if device is Device.PHONE else " of flash"
        timing = f"has no latency measured: {_how_to_time(device)}"
        found = [
            _bytes("flash", fit.size, self.flash, zipped, ""),
            _bytes("ram", fit.ram, self.ram, " of RAM", "has no RAM measured"),
            _number("latency-ms", fit.latency_ms, self.latency_ms, " ms", timing),
        ]
        for name, most in self.own.items():
            missing = f"has no {name} measured: measure.command has to print it"
            excess = _number("own", fit.own.get(name), most, f" {name}", missing)
            found.append(excess and Excess(f"--own={name}={most:g}", excess.text, excess.share))
        return [excess for excess in found if excess]


def _how_to_time(device: Device) -> str:
    if device is Device.PHONE:
        return "measure.latency=true"
    if device.is_ethos_u:
        return "Vela says it of files of which it leaves no operator on the CPU"
    return "nothing here times a microcontroller; a measure.command of your own may"


def _bytes(
    name: str, value: float | None, most: float | None, unit: str, missing: str
) -> Excess | None:
    if most is None or (value is not None and value <= most):
        return None
    option = f"--{name}={as_option(most)}"
    if value is None:
        return Excess(option, missing, math.inf)
    over = f"{in_units(value - most)} above {in_units(most)}"
    return Excess(option, f"takes {in_units(value)}{unit}, {over}", value / most - 1)


def _number(
    name: str, value: float | None, most: float | None, unit: str, missing: str
) -> Excess | None:
    if most is None or (value is not None and value <= most):
        return None
    option = f"--{name}={most:g}"
    if value is None:
        return Excess(option, missing, math.inf)
    over = f"{value - most:.3g} above {most:g}"
    # A budget of an own number may be 0.
    share = value / most - 1 if most else math.inf
    return Excess(option, f"takes {value:.3g}{unit}, {over}", share)
