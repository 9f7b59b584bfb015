"""Say which files a sweep gains for a device that it was not made for."""

from collections.abc import Iterable, Sequence

from runner.completion.addition import Addition
from runner.completion.stored_run import StoredRun
from runner.settings.devices import Device
from runner.settings.targets import Target

_MICROCONTROLLER = (
    Target.TFLITE_INT8,
    Target.TFLM_PRUNED_INT8,
    Target.TFLM_PRUNED_FLOAT32,
    Target.TFLM_LUT_INT8,
)
_ETHOS_U = (Target.TFLITE_INT8,)
# Made of weights that have few values.
_CLUSTERED = (Target.TFLM_LUT_INT8,)
_LOST = "the model that was trained as if quantized is not in the h5 file"


def gained(devices: Iterable[Device]) -> tuple[Target, ...]:
    """Name the targets that devices are likely to run; a phone runs what every sweep makes."""
    targets: dict[Target, None] = {}
    for device in devices:
        if device is Device.MICROCONTROLLER:
            targets |= dict.fromkeys(_MICROCONTROLLER)
        elif device.is_ethos_u:
            targets |= dict.fromkeys(_ETHOS_U)
    return tuple(targets)


def missing(addition: Addition, wanted: Sequence[Target]) -> list[Target]:
    """Name the files that a run can still get, and those that they are encoded from before them.

    What was trained as if quantized is in no h5 file: what is made of it cannot be made again.
    """
    record, compress = addition.run.record, _compress(addition.run)
    needed: dict[Target, None] = {}
    lost: list[Target] = []
    for target in wanted:
        if record.has_file(target) or (target in _CLUSTERED and "cluster" not in compress):
            continue
        absent = [each for each in (target.source, target) if each and not record.has_file(each)]
        if "qat" in compress and any(each.conversion and each.conversion.aware for each in absent):
            lost.append(target)
        else:
            needed |= dict.fromkeys(absent)
    if lost:
        addition.leave_out(lost, _LOST)
    return list(needed)


def _compress(run: StoredRun) -> str:
    """Name what came after pruning; nothing does in a baseline."""
    return "none" if run.is_baseline else run.record.params.get("compress.name", "none")
