"""Say which files of a run lack figures of devices."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from runner.completion.addition import Addition
from runner.device.host import OWN, host_tool
from runner.device.table import HOST, DeviceRow
from runner.device.tools import tool
from runner.device.wanted import Wanted
from runner.settings.devices import Device
from runner.settings.targets import Target


def lacks_devices(addition: Addition, wanted: Wanted, images: bool) -> list[Target]:
    """Name the targets of which a device has not said what it makes of the file.

    Args:
        images: whether there are test images, without which TFLite Micro agrees with nothing.
    """
    rows = {(row.target, row.device): row for row in addition.rows}
    return [
        each for each in addition.to_measure if any(_of_devices(rows, each, wanted.devices, images))
    ]


def lacks_host(addition: Addition, wanted: Wanted) -> list[Target]:
    """Name the targets whose file this machine has not timed, or the user's command measured."""
    rows = {row.target: row for row in addition.rows if row.device == HOST}
    return [each for each in addition.to_measure if any(_of_host(rows, each, wanted, addition))]


def _agrees_with_nothing(row: DeviceRow) -> bool:
    """Tell whether TFLite Micro has run a file, but no images."""
    micro = row.device == Device.MICROCONTROLLER
    return micro and row.runs is True and not row.reason and "agreement" not in row.figures


def _of_devices(
    rows: Mapping[tuple[str, str], DeviceRow],
    target: Target,
    devices: Iterable[Device],
    images: bool,
) -> Iterator[bool]:
    for device in devices:
        # LiteRT's figures of a file are always there.
        if device is not Device.PHONE:
            row = rows.get((target, device))
            yield row is None or _is_out_of_date(row, tool(device))
            yield images and row is not None and _agrees_with_nothing(row)


def _of_host(
    rows: Mapping[str, DeviceRow], target: Target, wanted: Wanted, addition: Addition
) -> Iterator[bool]:
    row = rows.get(target, DeviceRow(target, HOST, None))
    if wanted.latency and target.conversion:
        yield "latency_ms" not in row.figures and addition.metric(f"latency_ms/{target}") is None
    if wanted.command:
        # Of another command, numbers of the same names are others.
        same = host_tool(replace(wanted, latency=False)) in row.measured_by
        yield not same or not any(name.startswith(OWN) for name in row.figures)


def _is_out_of_date(row: DeviceRow, tool: str) -> bool:
    """Tell whether another tool measured, or none that is here now."""
    unnamed = not row.measured_by and row.runs is not None
    return bool(tool) and row.measured_by != tool and not unnamed
