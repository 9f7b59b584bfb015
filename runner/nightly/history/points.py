"""Hold the figures of one point of a night, or of all seeds of one setting, as plain values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

FINISHED = "FINISHED"
_SEED = re.compile(r"(^| )seed=\d+(?= |$)")
# Of points in which nothing varies, as sweeps name them.
_ALONE = "one point"


def without_seed(name: str) -> str:
    """Return the name of a point without its seed."""
    return _SEED.sub("", name).strip() or _ALONE


@dataclass(frozen=True)
class File:
    """The figures of one file: shares of the test and validation images, and bytes.

    `flash_bytes` are those that it takes on the device of its sweep; None on a phone, which keeps
    it zipped, and where the device does not run it. Of several seeds all are means, and `spread`
    is the standard deviation of their test accuracies.
    """

    accuracy: float
    validation_accuracy: float
    size_bytes: float
    zip_bytes: float
    flash_bytes: float | None = None
    seeds: int = 1
    spread: float = 0.0


@dataclass(frozen=True)
class NightPoint:
    """One point: its status as in MLflow, its seconds, files by target, and why it failed.

    `parts` names the points of single seeds that it stands for, `finished_parts` those of them that
    finished; both are empty for a point that is not of several seeds.
    """

    name: str
    status: str
    seconds: float | None
    files: Mapping[str, File]
    error: str = ""
    parts: tuple[str, ...] = ()
    finished_parts: tuple[str, ...] = ()

    @property
    def finished(self) -> bool:
        """Tell whether its figures count."""
        return self.status == FINISHED

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the single points that it stands for."""
        return self.parts or (self.name,)

    @property
    def finished_names(self) -> tuple[str, ...]:
        """The names of those of them that finished."""
        # Nights of before do not tell them, and all seeds of a mean finished.
        return self.names if self.finished else self.finished_parts
