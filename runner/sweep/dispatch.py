"""Launch the jobs of a sweep, and launch those that failed again."""

import time
import traceback
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hydra.core.utils import JobReturn

from runner.errors import RunnerError, one_line
from runner.planning.fingerprint import measuring_digest
from runner.planning.grid import Point
from runner.settings.cache_paths import baseline_folder
from runner.settings.sweep import SweepSettings
from runner.sweep.job_monitor import JobMonitor
from runner.sweep.jobs import Job, baseline_file_jobs, baseline_jobs, point_jobs
from runner.sweep.launchers.protocol import Launcher
from runner.sweep.point_source import PointSource
from runner.sweep.run_status import failed_fingerprints
from runner.sweep.view.progress_view import ProgressView
from runner.tracking import Store
from runner.tracking.tags import WEIGHTS


class PointsFailed(RunnerError):
    """Some points did not finish."""


@dataclass
class Dispatch:
    """One attempt at the points of a sweep.

    Attributes:
        returns: Hydra's results of all jobs that were launched.
        not_started: names of the points that were not started.
    """

    sweep: str
    run_id: str
    store: Store
    launcher: Launcher
    view: ProgressView
    settings: SweepSettings
    returns: list[JobReturn] = field(default_factory=list)
    not_started: list[str] = field(default_factory=list)
    # Numbers below this one are taken: a job's number names its output folder.
    _next_number: int = 0
    # Time on the monotonic clock when all hours are over.
    _end: float | None = None

    def run(self, points: Sequence[Point]) -> None:
        """Train the baselines that are missing, run the points, and retry those that fail.

        All calls share the hours of the budget, and no two the number of a job.

        Raises:
            PointsFailed: some point did not finish.
        """
        first = self._take(len(points))
        jobs = self._begin(points)
        without_baseline = len(points) - len(jobs)
        limit = self.settings.max_failures
        errors, idle = self._run(jobs, None if limit is None else limit - without_baseline, first)
        self.not_started = [job.name for job in idle]
        failed = len(errors) + without_baseline
        if failed or idle:
            raise PointsFailed(self._explanation(failed, len(points)))

    def search(self, points: Sequence[Point], source: PointSource) -> None:
        """Train the baselines that are missing, and run those of the points that are proposed.

        Raises:
            PointsFailed: some point did not finish, or no more were started.
        """
        possible = self._begin(points)
        for point in {*points}.difference(job.point for job in possible):
            source.ended(point, failed=True)
        source.put_first([job.point for job in possible if not self._is_new(job)])
        self._monitor.source = source
        errors, _ = self._run([], self.settings.max_failures)
        self._monitor.source = None
        failed = len(errors) + len(points) - len(possible)
        if failed:
            raise PointsFailed(f"{failed} points failed")

    def _begin(self, points: Sequence[Point]) -> Sequence[Job]:
        """Train the baselines that are missing, and make jobs of the points that have one."""
        hours = self.settings.budget_hours
        if hours is not None and self._end is None:
            self._end = time.monotonic() + hours * 3600
        self._monitor = JobMonitor(self.store, self.run_id, self.view, self._end, sweep=self.sweep)
        self._monitor.detached = self.launcher.detached()
        self.launcher.watch(self._monitor)
        self._monitor.stale |= failed_fingerprints(self.store, self.run_id)
        missing = [job for job in baseline_jobs(points) if self._is_missing(job.point)]
        baseline_errors, _ = self._run(missing, None)
        return sorted(self._with_baseline(point_jobs(points), baseline_errors), key=self._is_new)

    def complete_baselines(self, points: Sequence[Point]) -> None:
        """Make the files and figures again that the baselines of these points lack.

        Raises:
            PointsFailed: some of them cannot be made.
        """
        errors, _ = self._run(baseline_file_jobs(points), None)
        for job, error in errors.items():
            raise PointsFailed(f"{job.name} are not all there: {one_line(error)}")

    def _explanation(self, failed: int, points: int) -> str:
        """Say how many points failed, and how many were not started, and why."""
        limit = "max_failures" if self._monitor.wants_more() else "budget_hours"
        parts = [f"{failed} of {points} points failed"] if failed else []
        if self.not_started:
            setting = f"sweep.{limit}={getattr(self.settings, limit):g}"
            parts.append(f"{len(self.not_started)} were not started: {setting}")
        return ", ".join(parts)

    def _is_missing(self, point: Point) -> bool:
        known = self.store.baseline(point.signature, measuring_digest(point.settings))
        if known is None:
            return True
        # Whoever lacks it takes it from the store, which has none of earlier versions.
        here = baseline_folder(point.settings, point.signature).is_dir()
        return WEIGHTS not in known.tags and (self.launcher.detached() or not here)

    def _is_new(self, job: Job) -> bool:
        """Tell whether no job of an earlier process goes on that does the same."""
        return not self.launcher.goes_on(self._monitor.overrides_of(job))

    def _with_baseline(
        self, jobs: Sequence[Job], baseline_errors: Mapping[Job, BaseException]
    ) -> Sequence[Job]:
        """Fail the points whose baseline failed, and return the others."""
        causes = {job.point.signature: error for job, error in baseline_errors.items()}
        for job in jobs:
            cause = causes.get(job.point.signature)
            if cause:
                error = PointsFailed(f"its baseline failed: {one_line(cause)}")
                error.add_note("".join(traceback.format_exception(cause)))
                self._monitor.delete_failures(job)
                self._monitor.failed(job, error)
        return [job for job in jobs if job.point.signature not in causes]

    def _run(
        self, jobs: Sequence[Job], limit: int | None, first: int | None = None
    ) -> tuple[Mapping[Job, BaseException], Sequence[Job]]:
        """Run jobs, and retry those that fail as often as the settings allow.

        Args:
            limit: how many jobs may fail for good before no more are started; None: any number.
            first: the number of the first job, where numbers are taken for them already.

        Returns:
            The errors of the jobs that failed for good, and the jobs that were not started.
        """
        errors: dict[Job, BaseException] = {}
        tries: Counter[Job] = Counter()
        while (limit is None or len(errors) < limit) and self._monitor.wants_more():
            jobs = jobs or [job for job in [self._monitor.proposal()] if job]
            if not jobs:
                break
            allowed = None if limit is None else limit - len(errors)
            number, first = self._take(len(jobs)) if first is None else first, None
            failed, idle = self._launch(jobs, number, allowed)
            tries.update(set(self._monitor.jobs).difference(idle))
            errors |= {
                job: why for job, why in failed.items() if tries[job] > self.settings.retries
            }
            jobs = [*(job for job in failed if job not in errors), *idle]
        return errors, jobs

    def _take(self, jobs: int) -> int:
        """Take numbers for so many jobs, and return the first."""
        first, self._next_number = self._next_number, self._next_number + jobs
        return first

    def _launch(
        self, jobs: Sequence[Job], first: int, allowed: int | None
    ) -> tuple[Mapping[Job, BaseException], Sequence[Job]]:
        """Launch jobs once, until as many failed as allowed; returns errors, and jobs left."""
        # One that cannot stop gets as many jobs as may fail; one at a time in limited hours.
        stops = self.launcher.can_stop()
        batch = jobs if stops else jobs[: 1 if self._monitor.end else allowed]
        self._monitor.follow(batch, allowed)
        self.launcher.watch(self._monitor)
        try:
            results = self.launcher.launch(list(map(self._monitor.overrides_of, batch)), first)
        except BaseException as stop:
            if not self.launcher.leaves_jobs():
                self._monitor.stopped(stop)
            raise
        self.returns += results
        self._next_number = max(self._next_number, first + len(results))
        idle = [*self._monitor.idle(results), *jobs[len(batch) :]]
        return dict(self._monitor.failures), idle
