"""Describe the device that a file is chosen for, and how much room there is on it."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, field_validator

from runner.settings.base import Group, impossible
from runner.settings.devices import Device
from runner.settings.fields import OptionalBytes, OptionalRate, OwnLimits
from runner.settings.measure import MeasureSettings


class DeviceSettings(Group):
    """The device that the file to ship must run on, and the room for it there.

    Nothing of this changes what a point comes out as.
    """

    name: Annotated[Device, Field(description=f"one of {', '.join(Device)}")] = Device.PHONE
    """What the file to ship runs on: LiteRT (`phone`), TFLite Micro (`microcontroller`), or an
    Arm Ethos-U."""
    flash: OptionalBytes = None
    """Bytes that the file may take there: of its zip on a phone, else as it lies in memory."""
    ram: OptionalBytes = None
    """Bytes of memory that it may take while it runs there."""
    latency_ms: OptionalRate = None
    """Milliseconds that it may take for an image."""
    own: OwnLimits = Field(default_factory=dict)
    """The most that numbers of `measure.command` may be, by their names."""

    @field_validator("own", mode="before")
    @classmethod
    def _also_null(cls, value: object) -> object:
        # Hydra takes new keys for a setting that is null, but not for one that is {}.
        return {} if value is None else value

    def check_measured(self, devices: Sequence[Device], measure: MeasureSettings) -> None:
        """Refuse budgets on numbers that a sweep would not measure: no file would keep them.

        Args:
            devices: those that the sweep asks for, each of which has these budgets.

        Raises:
            PydanticCustomError: a budget does not go with the devices or with what is measured.
        """
        if self.own and not measure.command:
            own = ", ".join(f"{name}: {most:g}" for name, most in self.own.items())
            accepted = "empty without a measure.command, which prints such numbers"
            raise impossible("device.own", f"{{{own}}}", accepted)
        if self.latency_ms is None:
            return
        if Device.MICROCONTROLLER in devices:
            accepted = (
                "null for a microcontroller, which nothing here times: a measure.command of your "
                "own may, with device.own"
            )
            raise impossible("device.latency_ms", self.latency_ms, accepted)
        if Device.PHONE in devices and not measure.latency:
            accepted = "null for a phone without measure.latency=true"
            raise impossible("device.latency_ms", self.latency_ms, accepted)
