"""Show how the jobs of a launch go, and record the failures that jobs could not record."""

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from hydra.core.utils import JobReturn, JobStatus

from runner.errors import one_line
from runner.point.outcome import Lost, Outcome
from runner.process.holder import this_holder
from runner.process.signals import stop_words
from runner.sweep.jobs import Job
from runner.sweep.launchers.messages import EpochEnded
from runner.sweep.point_source import PointSource
from runner.sweep.run_status import close_failed, close_running, delete_failed
from runner.sweep.view.progress_view import ProgressView
from runner.tracking import Store, StoreFailed, few_retries
from runner.tracking.lease import Hold, TakenOver
from runner.tracking.tags import LAUNCHED


@dataclass
class JobMonitor:
    """Observer of the launches of a sweep.

    Attributes:
        end: time on the monotonic clock after which no more jobs are started; None: never.
        stale: fingerprints of points that have a failed run in the sweep.
        failures: the jobs of the present launch that failed.
        source: proposes further points while jobs run, where a sweep is a search.
        sweep: its name.
        jobs: those of the present launch.
        detached: whether jobs may go on without this process.
    """

    store: Store
    sweep_run_id: str
    view: ProgressView
    end: float | None = None
    stale: set[str] = field(default_factory=set)
    failures: dict[Job, BaseException] = field(default_factory=dict)
    source: PointSource | None = None
    sweep: str = ""
    jobs: list[Job] = field(default_factory=list)
    detached: bool = False
    _allowed: int | None = None
    _warnings: set[str] = field(default_factory=set)
    _machines: dict[int, str] = field(default_factory=dict)

    def follow(self, jobs: Sequence[Job], allowed: int | None) -> None:
        """Follow the launch of these jobs, until as many failed as allowed; None: to the end."""
        self.jobs, self._allowed, self.failures = [*jobs], allowed, {}
        self._machines = {}

    def wants_more(self) -> bool:
        """Return whether there is time left to start another job."""
        return self.end is None or time.monotonic() < self.end

    def proposal(self) -> Job | None:
        """Return a job for the next point that the source proposes; None where it has none."""
        point = self.source.next() if self.source else None
        return Job("point", point.name, point) if point else None

    def further(self) -> Sequence[str] | None:
        """Return the overrides of such a job, which belongs to the present launch."""
        allowed = self._allowed is None or len(self.failures) < self._allowed
        job = self.proposal() if allowed else None
        if job is None:
            return None
        self.jobs.append(job)
        return self.overrides_of(job)

    def overrides_of(self, job: Job) -> tuple[str, ...]:
        """Return Hydra's overrides; a job that may outlive this process has its own lease."""
        holder = None if self.detached else this_holder()
        return job.overrides(self.sweep, self.sweep_run_id, holder)

    def idle(self, results: Sequence[JobReturn]) -> list[Job]:
        """Return the jobs of the present launch that were not started."""
        pairs = zip(self.jobs, results, strict=True)
        return [job for job, result in pairs if result.status is JobStatus.UNKNOWN]

    def started(self, job: int, machine: str = "") -> None:
        """Show that a job has begun, and on which machine; empty: on this one."""
        self._machines[job] = machine
        self.view.started(self.jobs[job].name, machine)
        self.delete_failures(self.jobs[job])

    def delete_failures(self, job: Job) -> None:
        """Delete earlier failed runs of a point: it has one run in a sweep."""
        if job.kind == "point" and job.point.fingerprint in self.stale:
            self.stale.discard(job.point.fingerprint)
            with suppress(StoreFailed), few_retries():
                delete_failed(self.store, self.sweep_run_id, job.point)

    def epoch_ended(self, job: int, epoch: EpochEnded) -> None:
        """Show how far the training of a job is, and how good the model."""
        self.view.epoch(self.jobs[job].name, epoch.done, epoch.total, epoch.accuracy)

    def warned(self, job: int, text: str) -> None:
        """Show a warning of a job, unless another job gave the same one before it."""
        if text not in self._warnings:
            self._warnings.add(text)
            self.view.warned(f"{self._place(job)}: {text}")

    def lost(self, job: int, reason: str) -> JobReturn | None:
        """Show that a job goes elsewhere, and close its run; return its end if it had ended."""
        moved = self.jobs[job]
        if moved.kind == "point" and self._had_finished(moved, Lost(reason)):
            result = JobReturn(status=JobStatus.COMPLETED)
            result.return_value = Outcome(f"finished, though then: {reason}")
            return result
        self.view.moved(moved.name, f"{self._place(job)}: {reason}; it runs again elsewhere")
        return None

    def finished(self, job: int, result: JobReturn) -> bool:
        """Show how a job ended, record its failure, and return whether to go on."""
        ended = self.jobs[job]
        if self.source and ended.kind == "point":
            self.source.ended(ended.point, failed=result.status is not JobStatus.COMPLETED)
        if result.status is JobStatus.COMPLETED:
            outcome = result.return_value
            known = isinstance(outcome, Outcome)
            self.view.finished(ended, outcome if known else Outcome("finished"))
            return True
        # Not through return_value, which would raise it.
        self.failed(ended, result._return_value)
        return self._allowed is None or len(self.failures) < self._allowed

    def failed(self, job: Job, error: BaseException) -> None:
        """Record a failure, unless the point was finished and logged before it."""
        if job.kind == "point" and self._had_finished(job, error):
            self.view.finished(job, Outcome(f"finished, though then: {one_line(error)}"))
            return
        self.failures[job] = error
        self.view.failed(job, one_line(error))

    def stopped(self, stop: BaseException) -> None:
        """Close the runs of jobs that have ended with this process, which is being stopped."""
        if isinstance(stop, SystemExit):
            # Next to the key, which a terminal shows too, and before the store is waited for.
            self.view.warned("stopping")
        with suppress(StoreFailed), few_retries():
            close_running(self.store, self.sweep_run_id, stop_words(stop))

    def remember(self, name: str, text: str) -> None:
        """Keep a text among the sweep's tags; an empty one is deleted."""
        client, tag = self.store.connection, LAUNCHED + name
        try:
            if text:
                client.set_tag(self.sweep_run_id, tag, text)
            elif tag in self.store.get(self.sweep_run_id).tags:
                client.delete_tag(self.sweep_run_id, tag)
        except StoreFailed as failure:
            if text:
                self.view.warned(f"no other command finds these jobs: {text} ({failure})")

    def earlier(self) -> Mapping[str, str]:
        """Return the texts that are kept there.

        Raises:
            StoreFailed: the store does not answer.
        """
        tags = self.store.get(self.sweep_run_id).tags
        return {
            tag.removeprefix(LAUNCHED): text
            for tag, text in tags.items()
            if tag.startswith(LAUNCHED)
        }

    def holds(self) -> bool:
        """Return whether no other process has taken the sweep over, as far as the store says."""
        try:
            Hold(
                lambda: self.store.connection, lambda: self.sweep_run_id, this_holder()
            ).require_as_far_as_known()
        except TakenOver:
            return False
        return True

    def _had_finished(self, job: Job, error: BaseException) -> bool:
        """Record an error of a point in the store, unless the point was finished before it."""
        try:
            with few_retries():
                if close_failed(self.store, self.sweep_run_id, job.point, error):
                    return True
            self.stale.add(job.point.fingerprint)
        except StoreFailed as failure:
            self.view.warned(f"{job.name}: not recorded, the store does not answer: {failure}")
        return False

    def _place(self, job: int) -> str:
        """Name a job, and the machine that it runs on where that is another one."""
        machine = self._machines.get(job)
        return f"{self.jobs[job].name} on {machine}" if machine else self.jobs[job].name
