"""Tell how a job ended, in values that any process reads without importing TensorFlow."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from runner.errors import RunnerError


@dataclass(frozen=True)
class Outcome:
    """A job that went well.

    Attributes:
        summary: its key figures, in a few words.
        run_id: its run in MLflow; empty where that is not known.
        figures: for each target, the run's metrics by name: bytes, and shares from 0 to 1.
        files: for each target, the file that was written.
    """

    summary: str
    run_id: str = ""
    figures: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    files: Mapping[str, Path] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the values as JSON holds them."""
        return {**asdict(self), "files": {target: str(path) for target, path in self.files.items()}}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Outcome":
        """Read what `as_json` returned."""
        files = {target: Path(path) for target, path in values["files"].items()}
        return cls(**{**values, "files": files})


class JobFailed(RunnerError):
    """What a job in another process raised, in one line; a note holds its traceback."""


class Lost(RunnerError):
    """A worker ended before its job did: by a signal, or because its time was up."""


def by_target(
    metrics: Iterable[tuple[str, float]], targets: Iterable[str]
) -> dict[str, dict[str, float]]:
    """Group metrics that are named as in `accuracy/h5` or `own/ms/h5` by their target."""
    figures: dict[str, dict[str, float]] = {target: {} for target in targets}
    for name, value in metrics:
        metric, _, target = name.rpartition("/")
        if target in figures:
            figures[target][metric] = value
    return figures
