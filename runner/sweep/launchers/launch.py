"""Give the jobs of a launch to those that run them, and tell its observer how they go."""

import logging
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from hydra.core.utils import JobReturn, configure_log, filter_overrides, setup_globals
from omegaconf import DictConfig

from runner.sweep.launchers.messages import EpochEnded, Message, WarningText
from runner.sweep.launchers.protocol import Observer

log = logging.getLogger(__name__)


class Pool(Protocol):
    """What runs jobs side by side."""

    @property
    def number(self) -> int:
        """How many jobs run."""

    def begin(self, job: int, overrides: Sequence[str], number: int) -> None:
        """Run a job: Hydra's overrides, and Hydra's number."""

    def listen(self) -> Iterator[tuple[int, Message | JobReturn]]:
        """Wait until something is said of jobs, and yield that; a job's last is how it ended."""

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
        status UNKNOWN.
    """
    observer = observer or _StartLog(jobs, first)
    results = [JobReturn(overrides=list(overrides)) for overrides in jobs]
    waiting = deque(range(len(jobs)))
    with pool as at_work:
        while True:
            while at_work.number < n_jobs():
                job = _take(waiting, results, observer)
                if job is None:
                    break
                at_work.begin(job, results[job].overrides or (), first + job)
                observer.started(job)
            if not at_work.number:
                return results
            if not waiting:
                at_work.release_idle()
            for job, said in at_work.listen():
                if not isinstance(said, JobReturn):
                    _report(observer, job, said)
                    continue
                results[job] = said
                if not observer.finished(job, said):
                    waiting.clear()


def prepare(config: DictConfig) -> None:
    """Set up logging and the sweep's folder, as Hydra's launchers do."""
    setup_globals()
    configure_log(config.hydra.hydra_logging, config.hydra.verbose)
    Path(str(config.hydra.sweep.dir)).mkdir(parents=True, exist_ok=True)


class _StartLog:
    """Log each start, as Hydra's launchers do, where a sweeper of Hydra's follows no launch."""

    def __init__(self, job_overrides: Sequence[Sequence[str]], first_number: int) -> None:
        self._overrides, self._first = job_overrides, first_number

    def wants_more(self) -> bool:
        return True

    def further(self) -> None:
        pass

    def started(self, job: int) -> None:
        overrides = " ".join(filter_overrides(self._overrides[job]))
        log.info("#%d: %s", self._first + job, overrides)

    def epoch_ended(self, job: int, done: int, total: int) -> None:
        pass

    def warned(self, job: int, text: str) -> None:
        pass

    def finished(self, job: int, result: JobReturn) -> bool:  # noqa: ARG002
        return True


def _take(waiting: deque[int], results: list[JobReturn], observer: Observer) -> int | None:
    """Take a job that waits, or one that the observer adds; None where none is to be started."""
    if not observer.wants_more():
        waiting.clear()
        return None
    if waiting:
        return waiting.popleft()
    overrides = observer.further()
    if overrides is None:
        return None
    results.append(JobReturn(overrides=list(overrides)))
    return len(results) - 1


def _report(observer: Observer, job: int, message: Message) -> None:
    match message:
        case EpochEnded(done, total):
            observer.epoch_ended(job, done, total)
        case WarningText(text):
            observer.warned(job, text)
