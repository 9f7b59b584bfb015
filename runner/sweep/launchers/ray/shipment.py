"""Ship files of data sets to the other machines of a cluster, once each."""

from collections.abc import Iterable
from dataclasses import dataclass
from io import BufferedWriter
from pathlib import Path
from typing import Any

import numpy as np
import ray

from runner.data import shipped
from runner.errors import Refused
from runner.files import file_digest
from runner.settings import DatasetSettings, Settings

# In bytes. Ray keeps a copy in the memory of each machine, and on its disk where that is full.
MOST = 2_000_000_000


@dataclass(frozen=True)
class Shipment:
    """A file that Ray hands to each machine that asks for it.

    Attributes:
        path: where it lies on the machine of the sweep.
        digest: SHA-256 of its content.
        content: Ray's reference to its bytes.
    """

    path: Path
    digest: str
    content: Any

    def receive(self, cache: Path) -> None:
        """Keep the file in the cache of this machine, where it is not there yet."""
        shipped.receive(self.path, self.digest, cache, self._write)

    def _write(self, file: BufferedWriter) -> None:
        file.write(ray.get(self.content))


def shipments(points: Iterable[Settings]) -> list[Shipment]:
    """Hand Ray the files of the data sets that are to be shipped.

    Raises:
        Refused: one is too large.
    """
    files = {_file(point.dataset): None for point in points if point.dataset.ship}
    return [_shipment(path) for path in files if path is not None]


def _file(dataset: DatasetSettings) -> Path | None:
    """Return the file of a data set; None: each machine has it, or downloads it."""
    path = dataset.place or (dataset.folder and dataset.folder / f"{dataset.name}.npz")
    return path if path and path.exists() else None


def _shipment(path: Path) -> Shipment:
    size = path.stat().st_size
    if size > MOST:
        raise Refused(
            f"dataset.ship=true: {path} has {size / 1e9:.1f} GB, and at most {MOST / 1e9:g} GB are "
            "shipped; give dataset.path an address, or a path that all machines have"
        )
    with path.open("rb") as file:
        digest = file_digest.digest(file)
    return Shipment(path, digest, ray.put(np.fromfile(path, np.uint8)))
