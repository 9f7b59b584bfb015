"""Describe the file of a sweep to ship, in Python."""

from dataclasses import dataclass

from runner.errors import RunnerError
from runner.results.choice import File
from runner.results.class_figures import class_names
from runner.results.file import NETWORK
from runner.tracking import Store


class NothingQualifies(RunnerError):
    """No file of the sweep is to ship; the text names the closest one, or says why none is."""


@dataclass(frozen=True)
class BestFile:
    """The file of a sweep to ship.

    Attributes:
        path: where it lies, or its address where that is on another machine.
        target: the kind of file.
        point: the name of the point that it is of.
        run_id: the point's run.
        size_bytes, zip_bytes: bytes of the file, and of its zip.
        accuracy, validation_accuracy: shares of the images classified right, from 0 to 1.
        zip_ratio: how many times smaller it is, zipped, than the baseline's h5 file.
        device: what it is to run on.
        flash_bytes: bytes there: of its zip on a phone, else of the file as it lies in memory.
        ram_bytes, latency_ms: bytes of memory and milliseconds an image there; None where nobody
            has measured them.
        macs, parameters: multiply-accumulates of one image, and weights, of the network it was
            made from; None where nobody has counted them.
        channels_kept: the share of that network's channels that were kept, from 0 to 1; None
            where it is not known.
        classes: what its outputs stand for, in their order; empty for sweeps of earlier versions.
    """

    path: str
    target: str
    point: str
    run_id: str
    size_bytes: float
    zip_bytes: float
    accuracy: float
    validation_accuracy: float
    zip_ratio: float
    classes: tuple[str, ...]
    device: str
    flash_bytes: float
    ram_bytes: float | None
    latency_ms: float | None
    macs: float | None
    parameters: float | None
    channels_kept: float | None

    @classmethod
    def of(cls, file: File, store: Store) -> "BestFile":
        """Describe a file of a point in the store."""
        path = store.local_file(file.point, file.artifact)
        return cls(
            path=path,
            target=str(file.target),
            point=file.point.name,
            run_id=file.point.id,
            size_bytes=file.size_bytes,
            zip_bytes=file.zip_bytes,
            accuracy=file.accuracy,
            validation_accuracy=file.validation_accuracy,
            zip_ratio=file.zip_ratio,
            classes=class_names(store, file.point),
            device=str(file.device),
            flash_bytes=file.size,
            ram_bytes=file.ram,
            latency_ms=file.latency_ms,
            **{name: file.network.get(name) for name in NETWORK},
        )
