"""Follow one submitted job: what it says, what it leaves, and what the cluster says of it."""

import pickle
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cloudpickle
from hydra.core.utils import JobReturn, JobStatus

from runner.sweep.launchers.job import OUTPUT
from runner.sweep.launchers.messages import (
    JobEnded,
    JobFolder,
    JobPlaced,
    MachineLost,
    Message,
    WarningText,
)
from runner.sweep.launchers.slurm.batch import Batch
from runner.sweep.launchers.slurm.ending import lost, words
from runner.sweep.launchers.slurm.message_file import MessageFile
from runner.sweep.launchers.slurm.options import Options
from runner.sweep.launchers.slurm.state import JobState

# A file that another machine has written is seen here somewhat later.
_LATE_SECONDS = 20.0
_QUEUED_AGAIN = "Slurm has queued it again: it made room for others, or its machine failed"
# One that was ended is not expected to have written any.
_SOON_SECONDS = 3.0


@dataclass
class WatchedJob:
    """A job that was submitted, by this process or an earlier one.

    Attributes:
        overrides: Hydra's, of the job.
        batch: what it was submitted with.
        index: its place there.
        options: what it was to be given.
        placed: whether it has begun somewhere.
        over: whether the cluster has ended it for good.
    """

    overrides: tuple[str, ...]
    batch: Batch
    index: int
    options: Options
    placed: bool = False
    over: bool = False
    _file: MessageFile = field(init=False)
    _folder: Path | None = None
    _obstacle: str = ""
    _ended: float | None = None

    def __post_init__(self) -> None:
        self._file = MessageFile(self.batch.messages(self.index))

    @property
    def id(self) -> str:
        """The cluster's id."""
        return self.batch.ids[self.index]

    def news(self, state: JobState | None) -> Iterator[Message | JobReturn]:
        """Yield what is new; a job's last is how it ended, or that its machine is lost.

        Args:
            state: what the cluster says of it; None: it was not asked.
        """
        for message in self._file.new():
            if isinstance(message, JobFolder):
                self._folder = Path(message.path)
            elif isinstance(message, JobPlaced) and self.placed:
                # The run in the store that is open may be that of this second beginning.
                yield WarningText(f"Slurm has begun it anew on {message.machine}")
                continue
            self.placed = self.placed or isinstance(message, JobPlaced)
            yield message
        result = self._result()
        if result is not None:
            yield result
        elif state is not None:
            yield from self._of(state)

    def _of(self, state: JobState) -> Iterator[Message | JobReturn]:
        if not state.ended:
            self._ended = None
            if state.waits and self.placed:
                # Whoever hears it takes the job up again, under the same id.
                self.placed = False
                yield MachineLost(_QUEUED_AGAIN, False)
            elif state.obstacle and state.obstacle != self._obstacle:
                self._obstacle = state.obstacle
                yield WarningText(f"Slurm's job {self.id} waits: {state.obstacle}")
            return
        now = time.monotonic()
        self._ended = self._ended or now
        late = state.word in {"", "COMPLETED"}
        if now - self._ended < (_LATE_SECONDS if late else _SOON_SECONDS):
            return
        self.over = True
        if state.lost_machine or state.preempted:
            yield MachineLost(state.lost_machine or "it made room for others", not state.preempted)
        else:
            yield self._lost(state)

    def _lost(self, state: JobState) -> JobReturn:
        log, why = _log(self.batch, self.id), words(state, self.id, self.options)
        if not log.exists() and state.word != "CANCELLED":
            why += f"; it wrote nothing into {self.batch.folder}: do all machines see that folder?"
        outputs = [log, *([self._folder / OUTPUT] if self._folder else [])]
        return lost(self.overrides, why, *outputs)

    def _result(self) -> JobReturn | None:
        """Read how the job ended; None where it has not said so."""
        text = _result_of(self.batch, self.id)
        if text is None:
            return None
        outcome, message = text
        if outcome == "success" and isinstance(message, JobEnded):
            result: JobReturn = cloudpickle.loads(message.result)
            return result
        why = str(getattr(message, "reason", message)).strip().rpartition("\n")[2]
        return lost(self.overrides, f"broke down: {why}", _log(self.batch, self.id))


def has_completed(batch: Batch, job_id: str) -> bool:
    """Tell whether a job has left that it went well."""
    outcome, message = _result_of(batch, job_id) or ("", None)
    if outcome != "success" or not isinstance(message, JobEnded):
        return False
    result: JobReturn = cloudpickle.loads(message.result)
    return result.status is JobStatus.COMPLETED


def _result_of(batch: Batch, job_id: str) -> tuple[str, object] | None:
    try:
        with _paths(batch, job_id).result_pickle.open("rb") as file:
            outcome, message = pickle.load(file)  # noqa: S301
    except (OSError, EOFError, pickle.UnpicklingError):
        return None
    return str(outcome), message


def _log(batch: Batch, job_id: str) -> Path:
    """Return the file of what the job printed, and Slurm about it."""
    path: Path = _paths(batch, job_id).stdout
    return path


def _paths(batch: Batch, job_id: str) -> Any:
    from submitit.core.utils import JobPaths

    return JobPaths(batch.folder, job_id=job_id)
