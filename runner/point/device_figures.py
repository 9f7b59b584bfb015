"""Log what devices make of the files of a run, in a table and as metrics."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from runner.data.images import AnyImages
from runner.device.latency import processor
from runner.device.macs import macs_of
from runner.device.measurement import measure_devices
from runner.device.metrics import device_metrics
from runner.device.table import HOST, DeviceRow, devices_csv, read_devices
from runner.device.wanted import Wanted
from runner.measure.measurement import Measurement
from runner.tracking import Run
from runner.tracking.tags import CPU

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class DeviceFigures:
    """What devices make of some files of a run.

    Attributes:
        run: where it is logged.
        rows: of the table.
    """

    run: Run
    rows: Sequence[DeviceRow]

    @classmethod
    def measure(
        cls, run: Run, folder: Path, files: Sequence[Measurement], wanted: Wanted, images: AnyImages
    ) -> "DeviceFigures":
        """Measure files, and log the metrics; a file that cannot be measured so is still a file.

        Args:
            folder: where the files lie.
            images: test images as the files take them.
        """
        paths = {file.target: folder / file.target.file_name for file in files}
        try:
            rows = measure_devices(paths, wanted, images)
            run.log_metrics(macs_of(paths))
        except Exception:
            log.exception("devices.csv lacks what devices make of the files")
            rows = []
        if wanted.latency:
            run.tag(CPU, processor())
        rows = with_host_figures(rows, files)
        run.log_metrics(device_metrics(rows))
        return cls(run, rows)

    def table(self, earlier: str) -> str:
        """Return the table, with the rows of other files that it had before."""
        measured = {row.target for row in self.rows}
        kept = [row for row in read_devices(earlier) if row.target not in measured]
        return devices_csv([*kept, *self.rows])


def with_host_figures(rows: Sequence[DeviceRow], files: Sequence[Measurement]) -> list[DeviceRow]:
    """Add what was measured of the files themselves to the rows of this machine."""
    hosts = {row.target: row for row in rows if row.device == HOST}
    others = [row for row in rows if row.device != HOST]
    return [*others, *(_host(file, hosts.get(file.target)) for file in files)]


def _host(file: Measurement, row: DeviceRow | None) -> DeviceRow:
    figures = {"zstd_bytes": float(file.zstd_bytes)}
    if file.arena_bytes is not None:
        figures["litert_arena_bytes"] = float(file.arena_bytes)
    row = row or DeviceRow(str(file.target), HOST, None)
    return replace(row, figures={**row.figures, **figures})
