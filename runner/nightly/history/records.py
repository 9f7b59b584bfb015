"""What a night's sweeps came to goes in; it comes out as frozen plain values, or as JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

FINISHED = "FINISHED"


@dataclass(frozen=True)
class File:
    """The figures of one file: shares of the test and validation images, and bytes."""

    accuracy: float
    validation_accuracy: float
    size_bytes: float
    zip_bytes: float


@dataclass(frozen=True)
class NightPoint:
    """One point: its status as in MLflow, its seconds, files by target, and why it failed."""

    name: str
    status: str
    seconds: float | None
    files: Mapping[str, File]
    error: str = ""

    @property
    def finished(self) -> bool:
        """Tell whether its figures count."""
        return self.status == FINISHED


@dataclass(frozen=True)
class Pick:
    """The file to ship, as the sweep chose it."""

    point: str
    target: str
    zip_bytes: float
    validation_accuracy: float


@dataclass(frozen=True)
class NightSweep:
    """One sweep of a night; `left` names the points left to the next night."""

    name: str
    points: Mapping[str, NightPoint]
    pick: Pick | None
    left: tuple[str, ...] = ()


@dataclass(frozen=True)
class Night:
    """One night; `facts` are what may explain a change: versions, commit, settings."""

    name: str
    run_id: str
    sweeps: Mapping[str, NightSweep]
    facts: Mapping[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return it as a dictionary that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_dict(cls, known: Mapping[str, Any]) -> "Night":
        """Read it back from such a dictionary.

        Raises:
            KeyError, TypeError: it is not one that `as_dict` has written.
        """
        sweeps = {name: _sweep(each) for name, each in known["sweeps"].items()}
        return cls(known["name"], known["run_id"], sweeps, dict(known["facts"]))


def _sweep(known: Mapping[str, Any]) -> NightSweep:
    points = {name: _point(each) for name, each in known["points"].items()}
    pick = Pick(**known["pick"]) if known["pick"] else None
    return NightSweep(known["name"], points, pick, tuple(known["left"]))


def _point(known: Mapping[str, Any]) -> NightPoint:
    files = {target: File(**each) for target, each in known["files"].items()}
    return NightPoint(
        known["name"], known["status"], known["seconds"], files, known.get("error", "")
    )
