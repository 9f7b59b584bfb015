"""Points that are left and a launcher go in; they are run, and those that still fail come out."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from hydra.core.utils import JobReturn, JobStatus
from hydra.plugins.launcher import Launcher

from runner.cache import baseline_folder
from runner.refusal import SelfExplaining, one_line
from runner.settings.groups import SweepSettings
from runner.sweep.conductor import Conductor
from runner.sweep.ending import close_failed, close_running, forget_failed
from runner.sweep.grid import Point
from runner.sweep.jobs import Job, baseline_jobs, point_jobs
from runner.sweep.launcher import WorkersLauncher
from runner.sweep.view import View
from runner.tracking import Store, StoreFailed

_NOT_STARTED = "not started"


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
    _numbers: int = 0
    _hopeless: bool = False

    def go(self, left: Sequence[Point]) -> None:
        """Train the baselines that are missing, run the points, and those that fail again.

        Raises:
            PointsFailed: some point did not finish.
        """
        self._numbers = len(left)
        forget_failed(self.store, self.run_id, left)
        missing = [job for job in baseline_jobs(left) if self._is_missing(job.point)]
        unfit = {job.point.signature: why for job, why in self._repeat(missing).items()}
        for point in left:
            if point.signature in unfit:
                error = PointsFailed(f"its baseline failed: {unfit[point.signature]}")
                close_failed(self.store, self.run_id, point, error)
        fit = [point for point in left if point.signature not in unfit]
        unfinished = self._repeat(point_jobs(fit), first=0)
        idle = sum(why == _NOT_STARTED for why in unfinished.values())
        failed = len(left) - len(fit) + len(unfinished) - idle
        if failed:
            early = f", {idle} were not started: sweep.max_failures={self.way.max_failures}"
            raise PointsFailed(f"{failed} of {len(left)} points failed{early if idle else ''}")

    def _is_missing(self, point: Point) -> bool:
        cached = baseline_folder(point.settings, point.signature).is_dir()
        return not cached or self.store.baseline(point.signature) is None

    def _repeat(self, jobs: Sequence[Job], first: int | None = None) -> dict[Job, str]:
        """Launch jobs, and those that fail again as often as wished; return what still fails."""
        unfinished = self._launch(jobs, first)
        for _ in range(self.way.retries):
            again = [] if self._hopeless else list(unfinished)
            if again:
                forget_failed(self.store, self.run_id, [job.point for job in again])
                unfinished = self._launch(again)
        return unfinished

    def _launch(self, jobs: Sequence[Job], first: int | None = None) -> dict[Job, str]:
        """Launch jobs once; return why jobs are unfinished."""
        if first is None:
            first, self._numbers = self._numbers, self._numbers + len(jobs)
        limit = self.way.max_failures
        watched = isinstance(self.launcher, WorkersLauncher)
        # A launcher that cannot be stopped gets no more at once than may fail.
        size = len(jobs) if watched or limit is None else limit
        unfinished: dict[Job, str] = {}
        for start in range(0, len(jobs), size or 1):
            some = jobs[start : start + size]
            allowed = None if limit is None else limit - len(unfinished)
            unfinished |= self._launch_all(some, first + start, allowed)
            if self._hopeless:
                unfinished |= dict.fromkeys(jobs[start + size :], _NOT_STARTED)
                break
        return unfinished

    def _launch_all(self, jobs: Sequence[Job], first: int, allowed: int | None) -> dict[Job, str]:
        conductor = Conductor(self.store, self.run_id, jobs, self.view, allowed)
        told = [job.overrides(self.sweep, self.run_id) for job in jobs]
        try:
            if isinstance(self.launcher, WorkersLauncher):
                self.launcher.watcher = conductor
                returns = self.launcher.launch(told, first)
            else:
                returns = self.launcher.launch(told, first)
                for number, each in enumerate(returns):
                    conductor.finished(number, each)
        except BaseException as stop:
            with suppress(StoreFailed):
                close_running(self.store, self.run_id, f"stopped by {one_line(stop)}")
            raise
        self.returns += returns
        self._hopeless = allowed is not None and len(conductor.failures) >= allowed
        waiting = [
            job for job, each in zip(jobs, returns, strict=True) if each.status is JobStatus.UNKNOWN
        ]
        return conductor.failures | dict.fromkeys(waiting, _NOT_STARTED)
