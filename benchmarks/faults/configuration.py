"""Say how the small sweep is run that faults are injected into."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Where = Literal["local", "served"]

# The values that vary; each is a point.
POINTS = ("0.5", "0.6", "0.7")
# What shares two points with it, and begins another sweep.
OTHERS = ("0.6", "0.7", "0.8")

_TINY = (
    "dataset=npz",
    "baseline.epochs=1",
    "baseline.learning_rate=0.01",
    "baseline.batch_size=8",
    "schedule.epochs=1",
    "schedule.batch_size=8",
    "export.representative_images=20",
    "export.targets=[h5,tflite_int8]",
)


@dataclass(frozen=True)
class Configuration:
    """A kind of store, and how many points run at once."""

    where: Where
    jobs: int = 2

    @property
    def name(self) -> str:
        """Name it, as a folder can be named."""
        return f"{self.where}-{self.jobs}"

    def settings(self, values: Sequence[str] = POINTS) -> list[str]:
        """Return what a sweep of these values is asked for, beside where its things lie."""
        sweep = f"schedule.final_sparsity={','.join(values)}"
        return ["-m", *_TINY, sweep, f"hydra.launcher.n_jobs={self.jobs}"]


def point_name(value: str) -> str:
    """Name the point of a value, as its run is named."""
    return f"final_sparsity={value}"
