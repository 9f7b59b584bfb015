"""The launches of a sweep: what each job is called, and how long there are more."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hydra.core.utils import JobReturn, JobStatus

from runner.planning.grid import Point
from runner.settings import Settings
from runner.sweep.dispatch import Dispatch, PointsFailed
from runner.sweep.launchers.attached import Attached
from runner.sweep.launchers.protocol import Observer
from runner.sweep.view.choice import choose_view
from runner.tracking import Kind, Store
from tests.helpers.project import Configure


@dataclass
class Numbering(Attached):
    """A launcher whose jobs do nothing but end well; it takes down their numbers."""

    numbers: list[list[int]] = field(default_factory=list)

    def n_jobs(self) -> int | None:
        return 1

    def can_stop(self) -> bool:
        return True

    def preload(self, points: Sequence[Settings]) -> None:
        """Nothing is loaded."""

    def watch(self, observer: Observer) -> None:
        self.observer = observer

    def launch(
        self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int
    ) -> Sequence[JobReturn]:
        self.numbers.append([initial_job_idx + each for each in range(len(job_overrides))])
        done = [JobReturn(status=JobStatus.COMPLETED) for _ in job_overrides]
        for number, each in enumerate(done):
            each.return_value = None
            self.observer.finished(number, each)
        return done


@pytest.fixture
def store(store_folder: Path) -> Store:
    return Store(f"sqlite:///{store_folder}/mlflow.db", "sparsity")


def _points(settings: Settings) -> list[Point]:
    return [Point((), name, settings, "signature", name, "plan") for name in ("a", "b")]


def test_no_two_jobs_of_a_sweep_share_a_number(store: Store, settings: Configure) -> None:
    sweep = store.new_run(Kind.SWEEP, "sweep", {}, {}).id
    launcher, points = Numbering(), _points(settings())
    with choose_view("sweep", 2, 0, 1) as view:
        dispatch = Dispatch("sweep", sweep, store, launcher, view, settings().sweep)
        dispatch.run(points)
        dispatch.run(points[1:])
        dispatch.complete_baselines(points[:1])
    # Points, after the baseline that they need, keep the first numbers.
    assert launcher.numbers == [[2], [0, 1], [4], [3], [5]]


def test_all_launches_of_a_sweep_share_its_hours(store: Store, settings: Configure) -> None:
    sweep = store.new_run(Kind.SWEEP, "sweep", {}, {}).id
    launcher, points = Numbering(), _points(settings())
    hours = settings("sweep.budget_hours=1").sweep
    with choose_view("sweep", 2, 0, 1) as view:
        dispatch = Dispatch("sweep", sweep, store, launcher, view, hours)
        dispatch.run(points)
        # The hour is over.
        dispatch._end = 0.0
        with pytest.raises(PointsFailed, match=r"1 were not started: sweep\.budget_hours=1"):
            dispatch.run(points[1:])
    assert launcher.numbers == [[2], [0, 1]]
