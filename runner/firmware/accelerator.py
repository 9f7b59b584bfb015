"""Hold what firmware needs to know of the Ethos-U that a file is compiled for."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from runner.device.ethos_u import SYSTEMS, System, vela_command
from runner.settings.devices import Device

SOURCE = "source.tflite"


@dataclass(frozen=True)
class Accelerator:
    """What a file is compiled for, and from what.

    Attributes:
        device: an Ethos-U.
        source: the file that was compiled.
        on_cpu: how many of its operators are left on the CPU.
    """

    device: Device
    source: bytes
    on_cpu: int

    @classmethod
    def of(cls, device: Device, source: Path, figures: Mapping[str, float]) -> Self:
        """Read a file that was compiled, of which there are figures of Vela."""
        return cls(device, source.read_bytes(), int(figures["cpu_operators"]))

    @property
    def system(self) -> System:
        """What Vela was told."""
        return SYSTEMS[self.device]

    @property
    def command(self) -> str:
        """The command that compiles the file again."""
        return vela_command(self.device, SOURCE)
