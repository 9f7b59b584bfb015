"""What a launcher reports of jobs goes in; it comes out in the view, and in the store."""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from hydra.core.utils import JobReturn, JobStatus

from runner.errors import one_line
from runner.sweep.jobs import Job
from runner.sweep.launchers.local.messages import Epoch, News, Warned
from runner.sweep.progress import View
from runner.sweep.run_status import close_failed, forget_failed
from runner.tracking import Store, StoreFailed, few_retries


@dataclass
class Conductor:
    """Follows launches; `stale` are the fingerprints of points that have a failed run.

    After `end`, on the monotonic clock, no more jobs are wanted.
    """

    store: Store
    sweep_run_id: str
    view: View
    end: float | None = None
    stale: set[str] = field(default_factory=set)
    failures: dict[Job, BaseException] = field(default_factory=dict)
    _jobs: Sequence[Job] = ()
    _allowed: int | None = None

    def take(self, jobs: Sequence[Job], allowed: int | None) -> None:
        """Follow these jobs from now on, until as many failed as allowed (None: to the end)."""
        self._jobs, self._allowed, self.failures = jobs, allowed, {}

    def wants_more(self) -> bool:
        """Tell whether there is time left to start another job."""
        return self.end is None or time.monotonic() < self.end

    def started(self, job: int) -> None:
        """Show that a job has begun."""
        it = self._jobs[job]
        self.view.started(it.name)
        self.forget_failures(it)

    def forget_failures(self, *jobs: Job) -> None:
        """Forget earlier failures of points: a point has one run in a sweep."""
        for job in jobs:
            if job.kind == "point" and job.point.fingerprint in self.stale:
                self.stale.discard(job.point.fingerprint)
                with suppress(StoreFailed), few_retries():
                    forget_failed(self.store, self.sweep_run_id, job.point)

    def told(self, job: int, news: News) -> None:
        """Show what a worker says."""
        name = self._jobs[job].name
        if isinstance(news, Epoch):
            self.view.epoch(name, news.done, news.of)
        elif isinstance(news, Warned):
            self.view.warned(f"{name}: {news.text}")

    def finished(self, job: int, done: JobReturn) -> bool:
        """Show how a job ended, and record it where the job could not; tell whether to go on."""
        it = self._jobs[job]
        if done.status is JobStatus.COMPLETED:
            self.view.finished(it, str(getattr(done.return_value, "summary", "finished")))
            return True
        # Not through return_value, which would raise it.
        self.failed(it, done._return_value)
        return self._allowed is None or len(self.failures) < self._allowed

    def failed(self, job: Job, error: BaseException) -> None:
        """Record a failure, unless the point was finished and logged before it."""
        if job.kind == "point":
            try:
                with few_retries():
                    if close_failed(self.store, self.sweep_run_id, job.point, error):
                        self.view.finished(job, f"finished, though then: {one_line(error)}")
                        return
                self.stale.add(job.point.fingerprint)
            except StoreFailed as failure:
                self.view.warned(f"{job.name}: not recorded, the store does not answer: {failure}")
        self.failures[job] = error
        self.view.failed(job, one_line(error))
