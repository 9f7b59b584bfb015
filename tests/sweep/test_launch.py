"""How jobs are handed out to machines, and what becomes of those whose machine is lost."""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field

import pytest
from hydra.core.utils import JobReturn, JobStatus
from omegaconf import OmegaConf

from runner.sweep.launchers.launch import launch
from runner.sweep.launchers.messages import JobPlaced, MachineLost, Message
from runner.sweep.launchers.start_log import StartLog


@dataclass
class Fleet:
    """Machines of which each job loses so many, and then ends."""

    losses: dict[int, int]
    begun: Counter[int] = field(default_factory=Counter)
    running: list[int] = field(default_factory=list)

    @property
    def number(self) -> int:
        return len(self.running)

    def begin(self, job: int, overrides: Sequence[str], number: int) -> None:
        assert (list(overrides), number) == ([f"a={job}"], 10 + job)
        self.begun[job] += 1
        self.running.append(job)

    def listen(self) -> Iterator[tuple[int, Message | JobReturn]]:
        job = self.running.pop(0)
        machine = f"m{self.begun[job]}"
        yield job, JobPlaced(machine)
        if self.begun[job] <= self.losses.get(job, 0):
            yield job, MachineLost(f"{machine} is gone")
            return
        done = JobReturn(cfg=OmegaConf.create({"job": job}), status=JobStatus.COMPLETED)
        done.return_value = machine
        yield job, done

    def withdraw(self) -> None:
        """All have begun."""

    def release_idle(self) -> None:
        """There is none."""


def test_a_job_whose_machine_is_lost_runs_elsewhere_but_not_for_ever(
    caplog: pytest.LogCaptureFixture,
) -> None:
    fleet = Fleet({1: 2, 2: 9})
    with caplog.at_level(logging.INFO):
        results = launch(
            nullcontext(fleet), lambda: 2, [[f"a={job}"] for job in range(4)], 10, observer=None
        )
    assert [result.status.name for result in results] == [
        *("COMPLETED", "COMPLETED", "FAILED", "COMPLETED")
    ]
    assert [results[job].return_value for job in (0, 1, 3)] == ["m1", "m3", "m1"]
    assert str(results[2]._return_value) == "3 machines were lost in a row; the last: m3 is gone"
    assert fleet.begun == {0: 1, 1: 3, 2: 3, 3: 1}
    assert results[3].cfg == {"job": 3}
    assert "#11: m2 is gone; it runs again" in caplog.messages
    assert "#11: a=1 on m3" in caplog.messages


def test_configurations_of_jobs_that_an_observer_has_heard_of_are_not_kept() -> None:
    jobs = [[f"a={job}"] for job in range(4)]
    heard: dict[int, object] = {}

    class Listener(StartLog):
        def finished(self, job: int, result: JobReturn) -> bool:
            heard[job] = result.cfg
            return super().finished(job, result)

    results = launch(nullcontext(Fleet({})), lambda: 2, jobs, 10, Listener(jobs, 10))
    assert heard == {job: {"job": job} for job in range(4)}
    assert [result.cfg for result in results] == [None] * 4
    assert [result.return_value for result in results] == ["m1"] * 4
