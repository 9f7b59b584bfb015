"""Measure what devices make of the files of a stored run."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray

from runner.completion.addition import Addition
from runner.completion.images import images_as_taken
from runner.completion.incomplete import Incomplete
from runner.completion.lacking import lacks_devices, lacks_host
from runner.device.macs import macs
from runner.device.measurement import measure_devices
from runner.device.metrics import device_metrics
from runner.device.wanted import Wanted
from runner.firmware.tensors import input_and_output
from runner.models.errors import short
from runner.settings.devices import Device
from runner.settings.targets import Target


def measure_lacking(addition: Addition, wanted: Wanted) -> None:
    """Measure the files that lack figures, and add what is found.

    Raises:
        StoreFailed: the store does not answer, or no longer has a file.
    """
    on_devices, here = lacks_devices(addition, wanted, images=True), lacks_host(addition, wanted)
    images = _images(addition, wanted, [*on_devices, *here]) if on_devices or here else None
    if images is None:
        on_devices = lacks_devices(addition, wanted, images=False)
    if on_devices:
        _measure(addition, on_devices, replace(wanted, latency=False, command=None), images)
    if here:
        _measure(addition, here, replace(wanted, devices=()), images)
    if addition.measured is not None:
        addition.metrics |= device_metrics(addition.rows, addition.metric_names)
        addition.metrics |= _macs(addition)


def _measure(
    addition: Addition,
    targets: Sequence[Target],
    wanted: Wanted,
    images: NDArray[np.float32] | None,
) -> None:
    sources = [each.source for each in targets if each.source in addition.targets]
    files = {each: addition.file(each) for each in dict.fromkeys([*sources, *targets]) if each}
    rows = measure_devices(files, replace(wanted, run=addition.run.name), images)
    # Of a source, which lies there for what is made from it, nothing is lacking.
    addition.add_rows([row for row in rows if row.target in targets])


def _images(
    addition: Addition, wanted: Wanted, targets: Sequence[Target]
) -> NDArray[np.float32] | None:
    """Load test images where something wants them, in the shape that files take."""
    micro = Device.MICROCONTROLLER in wanted.devices
    converted = [each for each in targets if each is not Target.H5]
    if not converted or not (micro or wanted.latency):
        return None
    try:
        images = images_as_taken(addition.run)
    except Incomplete as reason:
        addition.leave_out(["what needs images"], str(reason))
        return None
    content = addition.file(converted[0]).read_bytes()
    try:
        shape = input_and_output(schema.Model.GetRootAs(content, 0))[0].shape
        return images.reshape(-1, *shape[1:])
    except Exception as error:
        # The reader trusts the bytes, and raises many kinds of errors for wrong ones.
        addition.leave_out(["what needs images"], f"{converted[0]} is damaged: {short(error)}")
        return None


def _macs(addition: Addition) -> dict[str, float]:
    """Count the multiplications of a run of an earlier version, by any of its files."""
    converted = [each for each in addition.targets if each is not Target.H5]
    if addition.metric("macs") is not None or not converted:
        return {}
    content = addition.file(converted[0]).read_bytes()
    try:
        found = macs(content)
    except Exception:
        # As above; what devices say of the file is in their rows.
        return {}
    return {} if found is None else {"macs": float(found)}
