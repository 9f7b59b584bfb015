"""Say which devices a sweep's file is for, and how much room there is; write it as a tag."""

import json
from dataclasses import dataclass, field
from typing import Any, Self

from runner.device.budgets import Budgets
from runner.settings import Settings
from runner.settings.devices import Device


@dataclass(frozen=True)
class Request:
    """The devices that a file is chosen for, the first one of which counts, and their budgets.

    The budgets are those of each of the devices.
    """

    devices: tuple[Device, ...] = (Device.PHONE,)
    budgets: Budgets = field(default_factory=Budgets)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Take what the settings of a sweep ask for."""
        return cls(settings.asked_devices, Budgets.of(settings.device))

    @classmethod
    def read(cls, text: str) -> Self:
        """Read a tag; a sweep of an earlier version has none, and is for a phone.

        Raises:
            ValueError: it is another text, or names a device that this version does not know.
        TypeError: it names a budget that this version does not know.
        KeyError: it names no devices.
        """
        if not text:
            return cls()
        values: dict[str, Any] = json.loads(text)
        devices = tuple(Device(name) for name in values.pop("devices"))
        if not devices:
            raise ValueError(text)
        return cls(devices, Budgets(**values))

    @property
    def device(self) -> Device:
        """The device that the file to ship is for."""
        return self.devices[0]

    @property
    def text(self) -> str:
        """The tag."""
        return json.dumps({"devices": [*map(str, self.devices)], **self.budgets.values})

    @property
    def needs_table(self) -> bool:
        """Whether it is about figures that need not be among the metrics of a run."""
        budgets = self.budgets
        others = budgets.ram is not None or budgets.latency_ms is not None or bool(budgets.own)
        return others or any(device is not Device.PHONE for device in self.devices)
