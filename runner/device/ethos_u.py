"""List what Vela assumes of each Ethos-U, and of the memories beside it.

Its estimates depend on them. Each is a chip with flash for the weights and SRAM for the rest, and
is described in the file Arm/vela.ini that comes with Vela.
"""

import shlex
from typing import NamedTuple

from runner.settings.devices import Device

CONFIG = "Arm/vela.ini"


class System(NamedTuple):
    """What Vela is told: `--accelerator-config`, `--system-config` and `--memory-mode`."""

    accelerator: str
    system: str
    memory: str


# All at 500 MHz, with flash of 0.5 GB/s.
_U55 = ("Ethos_U55_High_End_Embedded", "Shared_Sram")
_U65 = ("Ethos_U65_Embedded", "Shared_Sram")
_U85 = ("Ethos_U85_SYS_Flash_High", "Shared_Sram")
SYSTEMS = {
    Device.ETHOS_U55_128: System("ethos-u55-128", *_U55),
    Device.ETHOS_U55_256: System("ethos-u55-256", *_U55),
    Device.ETHOS_U65_256: System("ethos-u65-256", *_U65),
    Device.ETHOS_U85_256: System("ethos-u85-256", *_U85),
}


def options(device: Device) -> list[str]:
    """Return what Vela is told of a device, as arguments."""
    system = SYSTEMS[device]
    return [
        *("--accelerator-config", system.accelerator, "--config", CONFIG),
        *("--system-config", system.system, "--memory-mode", system.memory),
    ]


def vela_command(device: Device, file: str) -> str:
    """Write the command that compiles a file for a device; it writes into the folder output."""
    return shlex.join(["vela", *options(device), file])
