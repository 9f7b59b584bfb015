"""Say what is measured of files on devices."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from runner.process.temporary import shared_folder
from runner.settings import Settings
from runner.settings.devices import Device


@dataclass(frozen=True)
class Wanted:
    """What is measured of files, besides what TFLite Micro makes of each of them.

    Attributes:
        devices: what the file to ship may have to run on.
        tflm_seconds: in which TFLite Micro runs test images through a file.
        command: one of the user's own that measures a file, with `{file}` for its path.
        command_seconds: after which it is ended.
        latency: whether files are timed on this machine.
        folder: holds the lock of whoever runs such a command on this machine.
        run: what people call the run of the files, for the log.
    """

    devices: tuple[Device, ...] = (Device.PHONE,)
    tflm_seconds: float = 10.0
    command: str | None = None
    command_seconds: float = 60.0
    latency: bool = False
    folder: Path = field(default_factory=shared_folder)
    run: str = ""

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Take what the settings of a point ask for."""
        asked = settings.measure
        return cls(
            settings.asked_devices,
            asked.tflm_seconds,
            asked.command,
            asked.command_seconds,
            asked.latency,
        )
