"""A list of jobs goes in; what a launcher reports of them comes out, in the view and the store."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from hydra.core.utils import JobReturn, JobStatus

from runner.refusal import one_line
from runner.sweep.ending import close_failed
from runner.sweep.jobs import Job
from runner.sweep.news import Epoch, News, Warned
from runner.sweep.view import View
from runner.tracking import Store, StoreFailed

log = logging.getLogger(__name__)


@dataclass
class Conductor:
    """Follows the jobs of one launch, which ends when as many failed as `allowed` (None: never)."""

    store: Store
    sweep_run_id: str
    jobs: Sequence[Job]
    view: View
    allowed: int | None
    failures: dict[Job, str] = field(default_factory=dict)

    def started(self, job: int) -> None:
        """Show that a job has begun."""
        self.view.started(self.jobs[job].name)

    def told(self, job: int, news: News) -> None:
        """Show what a worker says."""
        name = self.jobs[job].name
        if isinstance(news, Epoch):
            self.view.epoch(name, news.done, news.of)
        elif isinstance(news, Warned):
            self.view.warned(f"{name}: {news.text}")

    def finished(self, job: int, done: JobReturn) -> bool:
        """Show how a job ended, and record it where the job could not; tell whether to go on."""
        it = self.jobs[job]
        if done.status is JobStatus.COMPLETED:
            self.view.finished(it, str(getattr(done.return_value, "summary", "finished")))
            return True
        # Not through return_value, which would raise it.
        error = done._return_value
        self.failures[it] = one_line(error)
        self.view.failed(it, self.failures[it])
        if it.kind == "point":
            self._record(it, error)
        return self.allowed is None or len(self.failures) < self.allowed

    def _record(self, job: Job, error: BaseException) -> None:
        try:
            close_failed(self.store, self.sweep_run_id, job.point, error)
        except StoreFailed as failure:
            self.view.warned(f"{job.name}: not recorded, the store does not answer: {failure}")
