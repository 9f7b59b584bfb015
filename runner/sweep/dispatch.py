"""Points that are left and a launcher go in; they are run, and those that still fail come out."""

import time
import traceback
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from hydra.core.utils import JobReturn, JobStatus
from hydra.plugins.launcher import Launcher

from runner.errors import SelfExplaining, one_line
from runner.planning.fingerprint import measuring_digest
from runner.planning.grid import Point
from runner.settings.cache_paths import baseline_folder
from runner.settings.groups import SweepSettings
from runner.sweep.job_monitor import Conductor
from runner.sweep.jobs import Job, baseline_jobs, point_jobs
from runner.sweep.launchers.local.launcher import WorkersLauncher
from runner.sweep.progress import View
from runner.sweep.run_status import close_running, with_failed_runs
from runner.tracking import Store, StoreFailed, few_retries


class PointsFailed(SelfExplaining):
    """Some points did not finish."""


@dataclass
class Dispatch:
    """One go at the points of a sweep."""

    sweep: str
    run_id: str
    store: Store
    launcher: Launcher
    view: View
    way: SweepSettings
    returns: list[JobReturn] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    _numbers: int = 0

    def go(self, points: Sequence[Point]) -> None:
        """Train the baselines that are missing, run the points, and those that fail again.

        Points that were not started are named in `left`.

        Raises:
            PointsFailed: some point did not finish.
        """
        self._numbers = len(points)
        hours = self.way.budget_hours
        end = None if hours is None else time.monotonic() + hours * 3600
        self._conductor = Conductor(self.store, self.run_id, self.view, end)
        self._conductor.stale |= with_failed_runs(self.store, self.run_id)
        missing = [job for job in baseline_jobs(points) if self._is_missing(job.point)]
        unfit, _ = self._run(missing, None)
        fit = self._without_baseline(point_jobs(points), unfit)
        lost = len(points) - len(fit)
        limit = self.way.max_failures
        failed, idle = self._run(fit, None if limit is None else limit - lost)
        self.left = [job.name for job in idle]
        if failed or lost or idle:
            raise PointsFailed(self._told(len(failed) + lost, len(points)))

    def _told(self, failed: int, points: int) -> str:
        """Say how many points failed, and how many were not started, and why."""
        why = "max_failures" if self._conductor.wants_more() else "budget_hours"
        told = [f"{failed} of {points} points failed"] if failed else []
        if self.left:
            setting = f"sweep.{why}={getattr(self.way, why):g}"
            told.append(f"{len(self.left)} were not started: {setting}")
        return ", ".join(told)

    def _is_missing(self, point: Point) -> bool:
        cached = baseline_folder(point.settings, point.signature).is_dir()
        return not cached or self.store.baseline(point.signature, measuring_digest()) is None

    def _without_baseline(
        self, jobs: Sequence[Job], unfit: dict[Job, BaseException]
    ) -> Sequence[Job]:
        """Fail the points whose baseline failed, and return the others."""
        why = {baseline.point.signature: error for baseline, error in unfit.items()}
        fit = [job for job in jobs if job.point.signature not in why]
        for job in jobs:
            cause = why.get(job.point.signature)
            if cause:
                error = PointsFailed(f"its baseline failed: {one_line(cause)}")
                error.add_note("".join(traceback.format_exception(cause)))
                self._conductor.forget_failures(job)
                self._conductor.failed(job, error)
        return fit

    def _run(
        self, jobs: Sequence[Job], limit: int | None
    ) -> tuple[dict[Job, BaseException], Sequence[Job]]:
        """Run jobs, and those that fail again as often as wished.

        Returns:
            The jobs that failed for good, and those not run because that were too many.
        """
        lost: dict[Job, BaseException] = {}
        tries: Counter[Job] = Counter()
        while jobs and (limit is None or len(lost) < limit) and self._conductor.wants_more():
            first = self._numbers if tries or jobs[0].kind == "baseline" else 0
            self._numbers += len(jobs) if first else 0
            allowed = None if limit is None else limit - len(lost)
            failed, idle = self._launch(jobs, first, allowed)
            tries.update(set(jobs).difference(idle))
            lost |= {job: why for job, why in failed.items() if tries[job] > self.way.retries}
            jobs = [*(job for job in failed if job not in lost), *idle]
        return lost, jobs

    def _launch(
        self, jobs: Sequence[Job], first: int, allowed: int | None
    ) -> tuple[dict[Job, BaseException], Sequence[Job]]:
        """Launch jobs once, until as many failed as allowed; return those, and those not begun."""
        # A launcher that cannot be stopped gets no more at once than may fail, or than is timed.
        stoppable = isinstance(self.launcher, WorkersLauncher)
        some = jobs if stoppable else jobs[: 1 if self._conductor.end else allowed]
        self._conductor.take(some, allowed)
        told = [job.overrides(self.sweep, self.run_id) for job in some]
        try:
            if isinstance(self.launcher, WorkersLauncher):
                self.launcher.watcher = self._conductor
                returns = self.launcher.launch(told, first)
            else:
                self._conductor.forget_failures(*some)
                returns = self.launcher.launch(told, first)
                for number, each in enumerate(returns):
                    self._conductor.finished(number, each)
        except BaseException as stop:
            with suppress(StoreFailed), few_retries():
                close_running(self.store, self.run_id, f"stopped by {one_line(stop)}")
            raise
        self.returns += returns
        begun = [each.status is not JobStatus.UNKNOWN for each in returns]
        idle = [job for job, ran in zip(some, begun, strict=True) if not ran]
        return dict(self._conductor.failures), [*idle, *jobs[len(some) :]]
