"""List the devices that files are chosen for."""

from enum import StrEnum


class Device(StrEnum):
    """What runs a file: a phone's LiteRT, TFLite Micro, or an Arm Ethos-U beside it."""

    PHONE = "phone"
    MICROCONTROLLER = "microcontroller"
    ETHOS_U55_128 = "ethos_u55_128"
    ETHOS_U55_256 = "ethos_u55_256"
    ETHOS_U65_256 = "ethos_u65_256"
    ETHOS_U85_256 = "ethos_u85_256"

    @property
    def is_ethos_u(self) -> bool:
        """Whether Vela compiles the file for it."""
        return self.value.startswith("ethos_u")
