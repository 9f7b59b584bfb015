"""Adapt Hydra's own launchers, such as basic and joblib, to what a sweep asks of a launcher."""

from collections.abc import Sequence

import hydra.plugins.launcher
from hydra.core.utils import JobReturn

from runner.settings import Settings
from runner.sweep.launchers.attached import Attached
from runner.sweep.launchers.protocol import Launcher, Observer


class HydraLauncher(Attached):
    """A launcher that reports on its jobs only when all of them have ended."""

    def __init__(self, launcher: hydra.plugins.launcher.Launcher) -> None:
        self._launcher = launcher
        self._observers: list[Observer] = []

    def n_jobs(self) -> None:
        """Return None: Hydra's launchers do not report on running jobs."""

    def can_stop(self) -> bool:
        """Return False: a launch runs all of its jobs."""
        return False

    def preload(self, points: Sequence[Settings]) -> None:
        """Load nothing: Hydra's launchers choose their processes when they launch."""

    def watch(self, observer: Observer) -> None:
        """Report the launches that follow to this observer."""
        self._observers = [observer]

    def launch(
        self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int
    ) -> Sequence[JobReturn]:
        """Run all jobs, then report how each of them ended."""
        for observer in self._observers:
            for job in range(len(job_overrides)):
                observer.started(job, "")
        results = self._launcher.launch(job_overrides, initial_job_idx)
        for observer in self._observers:
            for job, result in enumerate(results):
                observer.finished(job, result)
        return results


def adapt(launcher: hydra.plugins.launcher.Launcher) -> Launcher:
    """Return a launcher of this project unchanged, and any other one inside an adapter."""
    return launcher if isinstance(launcher, Launcher) else HydraLauncher(launcher)
