"""Give the jobs of a launch to those that run them, and tell its observer how they go."""

from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from hydra.core.utils import (
    JobReturn,
    JobStatus,
    configure_log,
    setup_globals,
)
from omegaconf import DictConfig

from runner.point.outcome import Lost
from runner.sweep.launchers.messages import (
    EpochEnded,
    JobPlaced,
    MachineLost,
    Message,
    WarningText,
)
from runner.sweep.launchers.protocol import Observer
from runner.sweep.launchers.start_log import StartLog

# Whatever goes on losing machines is no accident of theirs.
_MOST_LOSSES = 3


class Pool(Protocol):
    """What runs jobs side by side."""

    @property
    def number(self) -> int:
        """How many jobs run."""

    def begin(self, job: int, overrides: Sequence[str], number: int) -> None:
        """Run a job: Hydra's overrides, and Hydra's number."""

    def listen(self) -> Iterator[tuple[int, Message | JobReturn]]:
        """Wait until something is said of jobs, and yield that; a job's last is how it ended."""

    def withdraw(self) -> None:
        """Take back jobs that have not begun: no more are to start; they end without a result."""

    def release_idle(self) -> None:
        """Let go of what waits for a job."""


def launch(
    pool: AbstractContextManager[Pool],
    n_jobs: Callable[[], int],
    jobs: Sequence[Sequence[str]],
    first: int,
    observer: Observer | None,
) -> list[JobReturn]:
    """Run jobs, and further ones that the observer asks for.

    Args:
        pool: runs them; nothing of it is left after its block.
        n_jobs: returns how many run at once from now on.
        jobs: Hydra's overrides of each job.
        first: Hydra's number of the first job.
        observer: follows the launch; None: each start is logged.

    Returns:
        The results in the order of the jobs, further ones too; a job that was not started has
        status UNKNOWN. An observer has heard all of them: they come without configurations then,
        which are the most that they take, some 0.25 MB each.
    """
    results = [JobReturn(overrides=list(overrides)) for overrides in jobs]
    with pool as at_work:
        follower = observer or StartLog(jobs, first)
        going = _Launch(at_work, first, follower, results, whole=observer is None)
        while True:
            going.fill(n_jobs)
            if not at_work.number:
                return results
            for job, message in at_work.listen():
                going.hear(job, message)


def failed_job(overrides: Sequence[str], error: BaseException) -> JobReturn:
    """Return the result of a job that failed with this error."""
    result = JobReturn(overrides=list(overrides), status=JobStatus.FAILED)
    result._return_value = error
    return result


def prepare(config: DictConfig) -> None:
    """Set up logging and the sweep's folder, as Hydra's launchers do."""
    setup_globals()
    configure_log(config.hydra.hydra_logging, config.hydra.verbose)
    Path(str(config.hydra.sweep.dir)).mkdir(parents=True, exist_ok=True)


class _Launch:
    """Jobs that wait, and what is known of all."""

    def __init__(
        self,
        pool: Pool,
        first: int,
        observer: Observer,
        results: list[JobReturn],
        whole: bool,
    ) -> None:
        self._pool, self._first, self._observer = pool, first, observer
        self._results, self._whole = results, whole
        self._waiting = deque(range(len(results)))
        self._losses: Counter[int] = Counter()

    def fill(self, n_jobs: Callable[[], int]) -> None:
        """Begin as many jobs as may run at once."""
        if not self._observer.wants_more():
            self._withdraw()
        while self._pool.number < n_jobs():
            job = self._take()
            if job is None:
                break
            self._begin(job)
        if not self._waiting:
            self._pool.release_idle()

    def hear(self, job: int, message: Message | JobReturn) -> None:
        """Take a message into account."""
        match message:
            case JobReturn():
                self._end(job, message)
            case MachineLost(reason, counts):
                self._lose(job, reason, counts)
            case JobPlaced(machine):
                self._observer.started(job, machine)
            case EpochEnded():
                self._observer.epoch_ended(job, message)
            case WarningText(text):
                self._observer.warned(job, text)

    def _take(self) -> int | None:
        """Take a job that waits, or one that the observer adds; None where none is to start."""
        if self._waiting:
            return self._waiting.popleft()
        overrides = self._observer.further() if self._observer.wants_more() else None
        if overrides is None:
            return None
        self._results.append(JobReturn(overrides=list(overrides)))
        return len(self._results) - 1

    def _begin(self, job: int) -> None:
        self._pool.begin(job, self._results[job].overrides or (), self._first + job)

    def _lose(self, job: int, reason: str, counts: bool) -> None:
        """Begin a job elsewhere, unless it had ended, or seems to be what ends machines."""
        self._losses[job] += counts
        if self._losses[job] == _MOST_LOSSES:
            error = Lost(f"{_MOST_LOSSES} machines were lost in a row; the last: {reason}")
            self._end(job, failed_job(self._results[job].overrides or (), error))
            return
        ended = self._observer.lost(job, reason)
        if ended is None:
            self._begin(job)
        else:
            self._end(job, ended)

    def _end(self, job: int, result: JobReturn) -> None:
        self._results[job] = result
        if not self._observer.finished(job, result):
            self._withdraw()
        if not self._whole:
            result.cfg = result.hydra_cfg = None

    def _withdraw(self) -> None:
        self._waiting.clear()
        self._pool.withdraw()
