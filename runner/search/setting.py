"""Describe a setting that a search may try, and what came of one that was tried."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

EPOCHS = "schedule.epochs"
SPARSITY = "schedule.final_sparsity"
SHARE = "channels.share"


@dataclass(frozen=True)
class Setting:
    """One setting of a sweep: a point, or points that differ in nothing but their seed.

    Attributes:
        values: the settings in which it differs from the others, as MLflow shows them.
        epochs: how many epochs its points are trained for, which is taken for their cost.
    """

    values: Mapping[str, str]
    epochs: float

    def number(self, name: str) -> float | None:
        """Return a value as a number; None where it is a text, or the same in all settings."""
        try:
            return float(self.values[name])
        except (KeyError, ValueError):
            return None


@dataclass(frozen=True)
class Measured:
    """One kind of file of a setting that was tried.

    Attributes:
        size: bytes, as they count on the sweep's device.
        drop: validation accuracy that it loses, as a share; mean over seeds.
        allowed: whether it keeps all limits but that on accuracy, and runs on the device.
    """

    size: float
    drop: float
    allowed: bool = True


# What came of a setting, by kind of file; empty where it failed.
Outcome = Mapping[str, Measured]
# What came of those that were tried, by their places among all settings.
Tried = Mapping[int, Outcome]


def smallest(outcomes: Sequence[Outcome], limit: float) -> Measured | None:
    """Return the smallest file that loses at most so much accuracy; of equals the more accurate."""
    kept = [
        file
        for outcome in outcomes
        for file in outcome.values()
        if file.allowed and file.drop <= limit
    ]
    return min(kept, key=lambda file: (file.size, file.drop), default=None)
