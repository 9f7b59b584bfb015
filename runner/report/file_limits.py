"""Read what may be asked of a file in Python, or refuse it in one line."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from pydantic import ValidationError

from runner.device.budgets import Budgets
from runner.errors import Refused
from runner.results.choice import Limits
from runner.results.selection import Criteria
from runner.settings import DeviceSettings
from runner.settings.devices import Device
from runner.settings.load import refusal
from runner.settings.suggestion import suggestion
from runner.settings.targets import Target

_BUDGETS = tuple(field.name for field in fields(Budgets))


def criteria_of(  # noqa: PLR0913, PLR0917
    max_drop: float | None,
    confidence: float | None,
    target: str | Sequence[str] | None,
    where: Mapping[str, object] | None,
    device: str | None,
    limits: Mapping[str, Any],
) -> Criteria:
    """Return what a file must keep.

    Raises:
        Refused: one of these is not accepted.
    """
    if max_drop is not None and not 0 <= max_drop <= 1:
        raise Refused(f"max_drop={max_drop}: must be a share from 0 to 1")
    if confidence is not None and not 0.5 <= confidence < 1:
        raise Refused(f"confidence={confidence}: must be a share of at least 0.5 and below 1")
    settings = tuple((name, str(value)) for name, value in (where or {}).items())
    most, budgets = limits_of(limits), budgets_of(limits)
    return Criteria(
        targets_of(target), max_drop, settings, most, device_of(device), budgets, confidence
    )


def device_of(name: str | None) -> Device | None:
    """Return the device of that name; None without a name.

    Raises:
        Refused: there is no such device.
    """
    if name is None or name in [*Device]:
        return None if name is None else Device(name)
    end = suggestion(name, Device)
    raise Refused(f"device={name}: must be one of {', '.join(Device)}{end}")


def budgets_of(limits: Mapping[str, Any]) -> Budgets:
    """Return the limits that are about a device; bytes may have a unit, as in `"256K"`.

    Raises:
        Refused: the settings of the same names would not accept one of them.
    """
    values = {name: limits[name] for name in _BUDGETS if name in limits}
    try:
        return Budgets.of(DeviceSettings.model_validate(values))
    except ValidationError as error:
        raise refusal(error, DeviceSettings) from None


def targets_of(target: str | Sequence[str] | None) -> tuple[Target, ...]:
    """Return the targets of these names; all without a name.

    Raises:
        Refused: there is no such target.
    """
    names = [target] if isinstance(target, str) else target or [*Target]
    unknown = [name for name in names if name not in [*Target]]
    if unknown:
        end = suggestion(unknown[0], Target)
        raise Refused(f"target={unknown[0]}: must be one of {', '.join(Target)}{end}")
    return tuple(Target(name) for name in names)


def limits_of(limits: Mapping[str, Any]) -> dict[str, float]:
    """Return the limits besides that on accuracy, and those that are about a device.

    Raises:
        Refused: there is no such limit, or it is not positive.
    """
    known = [field.name for field in fields(Limits) if field.name.startswith("max_")]
    known.remove("max_drop")
    found: dict[str, float] = {}
    for name, limit in limits.items():
        if name in _BUDGETS:
            continue
        if name not in known:
            names = ", ".join([*known, *_BUDGETS])
            raise Refused(f"{name}={limit}: no such limit; there are max_drop, confidence, {names}")
        if not limit > 0:
            raise Refused(f"{name}={limit}: must be a positive number")
        found[name] = limit
    return found
