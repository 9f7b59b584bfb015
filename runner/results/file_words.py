"""Say in words what a file is: its place, its figures, its device."""

from runner.results.file import File
from runner.settings.devices import Device
from runner.tracking import Store


def in_points(share: float) -> str:
    """Write a share of accuracy in points: 0.01 is one."""
    return f"{share * 100:g} point{'' if share == 0.01 else 's'}"


def describe(store: Store, file: File) -> str:
    """Return the path of a file, its point and its figures, in words."""
    path = store.local_file(file.point, file.artifact)
    return f"{path} ({file.point.name}): {figures(file)}"


def figures(file: File) -> str:
    """Return the figures of a file in words."""
    return (
        f"{_on_device(file)}{file.zip_bytes:,.0f} bytes zipped, {file.zip_ratio:.1f} times smaller "
        f"than its baseline's h5, validation accuracy {file.validation_accuracy:.2%}, "
        f"test accuracy {file.accuracy:.2%}"
    )


def device_words(device: Device) -> str:
    """Name a device in a sentence."""
    if device.is_ethos_u:
        return f"an {device.replace('ethos_u', 'Ethos-U').replace('_', '-')}"
    return f"a {device}"


def _on_device(file: File) -> str:
    if file.device is Device.PHONE:
        return ""
    ram = "" if file.ram is None else f"{file.ram:,.0f} bytes of RAM, "
    latency = "" if file.latency_ms is None else f"{file.latency_ms:.3g} ms (Vela's estimate), "
    return f"{file.size:,.0f} bytes of flash, {ram}{latency}"
