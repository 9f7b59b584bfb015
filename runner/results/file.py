"""Describe one file of a point, and what the device that it is chosen for makes of it."""

from dataclasses import dataclass, field

from runner.device.fit import Fit
from runner.settings.devices import Device
from runner.settings.targets import Target
from runner.statistics.paired import Bits
from runner.tracking import Record

# The metrics of a run that are about its network, whatever the kind of file.
NETWORK = ("macs", "parameters", "channels_kept")


@dataclass(frozen=True)
class Pairs:
    """Which images the dense model gets right, and which the file does, on each split.

    Attributes:
        data: digest of the data set.
    """

    data: str
    validation: tuple[Bits, Bits]
    test: tuple[Bits, Bits]


@dataclass(frozen=True)
class File:
    """One file of one point, and how far its validation accuracy is below the best baseline's.

    Attributes:
        dense: the run of the baseline that it is judged by.
        fit: what the device makes of it.
        device: what it is to run on.
        machine_ms: milliseconds an image on the machine of the sweep, where they were measured.
        pairs: what it and the baseline make of each image, where that was kept.
        images: numbers of validation and test images, where they are known.
    """

    point: Record
    dense: Record
    target: Target
    size_bytes: float
    zip_bytes: float
    zip_ratio: float
    accuracy: float
    validation_accuracy: float
    validation_drop: float
    fit: Fit
    device: Device = Device.PHONE
    machine_ms: float | None = None
    pairs: Pairs | None = field(default=None, compare=False, repr=False)
    images: tuple[int, int] | None = None

    @property
    def artifact(self) -> str:
        """Its path among the artifacts of the point's run."""
        return f"models/{self.target.file_name}"

    @property
    def macs(self) -> float | None:
        """Multiply-accumulates of one image, where they were counted."""
        return self.point.metrics.get("macs")

    @property
    def network(self) -> dict[str, float]:
        """How large the network is that it was made from, as far as that is known."""
        return {name: self.point.metrics[name] for name in NETWORK if name in self.point.metrics}

    @property
    def size(self) -> float:
        """Bytes on the device: of its zip on a phone, else of the file as it lies in memory."""
        return self.fit.size

    @property
    def ram(self) -> float | None:
        """Bytes of memory while it runs on the device, where that was measured."""
        return self.fit.ram

    @property
    def latency_ms(self) -> float | None:
        """Milliseconds an image on the device, measured or estimated, where they are known."""
        return self.fit.latency_ms

    @property
    def runs(self) -> bool | None:
        """Whether the device runs it; None where nobody knows."""
        return self.fit.runs

    @property
    def reason(self) -> str:
        """Why the device does not run it, or why nobody knows."""
        return self.fit.reason
