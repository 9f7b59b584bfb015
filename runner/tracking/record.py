"""Convert MLflow's entity of a run to a frozen record of plain types."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from mlflow.entities import Run as Entity

from runner.process import liveness
from runner.tracking.notes import COMPLETE
from runner.tracking.tags import (
    ERROR,
    FAILED_TARGETS,
    FINGERPRINT,
    HOLDER,
    KIND,
    PARENT,
    PROCESS,
    SUPERSEDED,
)


class Kind(StrEnum):
    """What a run stands for, as a tag of it says."""

    SWEEP = "sweep"
    POINT = "point"
    BASELINE = "baseline"
    NIGHTLY = "nightly"


@dataclass(frozen=True)
class Record:
    """A run as it was when it was read from the store."""

    id: str
    name: str
    status: str
    params: Mapping[str, str]
    tags: Mapping[str, str]
    metrics: Mapping[str, float]
    artifacts: str
    # Milliseconds since 1970; None where the run has not ended.
    started: int = 0
    ended: int | None = None
    experiment_id: str = ""

    @property
    def kind(self) -> str | None:
        """What the run stands for; None where it is none of ours."""
        return self.tags.get(KIND)

    @property
    def parent(self) -> str | None:
        """The id of the run that this one is shown under; None where it stands alone."""
        return self.tags.get(PARENT)

    @property
    def fingerprint(self) -> str:
        """What identifies a point, or a sweep; empty for a baseline."""
        return self.tags.get(FINGERPRINT, "")

    @property
    def process_alive(self) -> bool | None:
        """Whether the process that works on the run still runs; None where nothing is known."""
        return liveness.is_alive(self.tags.get(PROCESS, ""))

    @property
    def process_ended(self) -> bool:
        """Whether the process that works on the run has ended; False where nothing is known."""
        return self.process_alive is False

    @property
    def is_dead(self) -> bool:
        """Whether the run was left running by a process of which it is known that it has ended."""
        return self.status == "RUNNING" and self.process_ended

    @property
    def holder(self) -> str:
        """Who works on the run, or did; empty for a run of an earlier version."""
        return self.tags.get(HOLDER, "")

    @property
    def superseded(self) -> bool:
        """Whether another process went on without this run, which then counts nowhere."""
        return SUPERSEDED in self.tags

    @property
    def is_whole(self) -> bool:
        """Whether all was sent that the run came to; targets that failed are named in a tag."""
        return self.status == "FINISHED" or bool(self.tags.get(FAILED_TARGETS))

    def has_file(self, target: str) -> bool:
        """Tell whether this target's file was measured, and all of it is in the store."""
        return f"{COMPLETE}{target}" in self.metrics

    def figures(self, target: str) -> dict[str, float]:
        """Return the metrics of this target's file, by their names without it."""
        ending, metrics = f"/{target}", self.metrics.items()
        return {
            name.removesuffix(ending): value for name, value in metrics if name.endswith(ending)
        }

    @property
    def error(self) -> str | None:
        """Why the run failed, in one line; None where it did not."""
        return self.tags.get(ERROR)


def record_of(entity: Entity) -> Record:
    """Convert an entity."""
    return Record(
        id=entity.info.run_id,
        name=entity.info.run_name,
        status=entity.info.status,
        params=dict(entity.data.params),
        tags=dict(entity.data.tags),
        metrics=dict(entity.data.metrics),
        artifacts=entity.info.artifact_uri,
        started=entity.info.start_time,
        ended=entity.info.end_time,
        experiment_id=entity.info.experiment_id,
    )
