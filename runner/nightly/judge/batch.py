"""Choose the nights whose files can be compared with tonight's by size.

The batch dimension of a TFLite file puts operators into it, or takes them out. Nights of before
this could be set had an open one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from runner.nightly.history.records import Night, NightSweep


@dataclass(frozen=True)
class Before:
    """One sweep on the good nights, and on those of them whose files had tonight's batch."""

    good: Sequence[NightSweep]
    of_batch: Sequence[NightSweep]


def before(tonight: Night, sweep: str, nights: Sequence[Night]) -> Before:
    """Choose from the good nights that had the sweep, oldest first."""
    alike = [night for night in nights if _batch(night, sweep) == _batch(tonight, sweep)]
    return Before(
        [night.sweeps[sweep] for night in nights], [night.sweeps[sweep] for night in alike]
    )


def for_device(device: str, earlier: Before) -> Before:
    """Choose the nights that picked a file for this device."""
    return Before(
        [night for night in earlier.good if night.device == device],
        [night for night in earlier.of_batch if night.device == device],
    )


def pick_not_judged(tonight: NightSweep, earlier: Before, least: int) -> str | None:
    """Say that the pick is not judged, if that is so because of another device.

    Args:
        least: how many nights a verdict needs.
    """
    alike = len(for_device(tonight.device, earlier).good)
    if alike >= least or alike == len(earlier.good):
        return None
    return (
        f"{tonight.name}: the file to ship is not judged against nights before, which chose it "
        f"for another device than {tonight.device}"
    )


def sizes_not_judged(tonight: NightSweep, earlier: Before, least: int) -> str | None:
    """Say that sizes are not judged, if that is so because of another batch.

    Args:
        least: how many nights a verdict needs.
    """
    alike = len(earlier.of_batch)
    if not tonight.targets or alike >= least or alike == len(earlier.good):
        return None
    return (
        f"{tonight.name}: sizes are not judged against nights before, whose files had another "
        "batch dimension"
    )


def _batch(night: Night, sweep: str) -> str:
    # Nights of version 0.1, which had no such setting, wrote files with an open batch.
    return night.facts.get(f"settings/{sweep}/export.batch", "null")
