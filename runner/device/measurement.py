"""Measure what devices make of files."""

from collections.abc import Mapping
from pathlib import Path

from runner.data.images import AnyImages
from runner.device.host import host_rows
from runner.device.table import DeviceRow
from runner.device.tflm import tflm_rows
from runner.device.vela import ethos_rows
from runner.device.wanted import Wanted
from runner.settings.targets import Target


def measure_devices(
    files: Mapping[Target, Path], wanted: Wanted, images: AnyImages | None = None
) -> list[DeviceRow]:
    """Measure files on TFLite Micro, on each Ethos-U that is asked for, and on this machine.

    Args:
        files: exported files, by target; what a file was made from lies beside it.
        wanted: what is asked for besides.
        images: test images as the files take them, float32, shape (N, ...); without them nothing
            is measured that needs some.

    Returns:
        A row for each file on each of these devices, and one of this machine where something was
        measured on it. What cannot be measured has a reason in its row; nothing is raised for it.
    """
    tflm = tflm_rows(files, wanted, images)
    ethos = ethos_rows(files, wanted.devices, tflm)
    return [*tflm, *ethos, *host_rows(files, wanted, images)]
