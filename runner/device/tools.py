"""Name the tools that figures of devices come from, with their versions."""

import functools
from importlib.metadata import PackageNotFoundError, version

from runner.device.ethos_u import SYSTEMS
from runner.settings.devices import Device

TFLITE_MICRO, VELA = "tflite-micro", "ethos-u-vela"


def tool(device: Device) -> str:
    """Name what measures files for a device; empty where it is not installed, or on a phone.

    A row of the table that something else measured is out of date.
    """
    package = VELA if device.is_ethos_u else TFLITE_MICRO
    if device is Device.PHONE or not (number := _version(package)):
        return ""
    choices = ", ".join(SYSTEMS[device][1:]) if device.is_ethos_u else ""
    return f"{package} {number}" + (f" ({choices})" if choices else "")


@functools.cache
def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
