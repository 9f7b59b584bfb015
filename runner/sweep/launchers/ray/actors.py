"""Give jobs to actors of Ray's that are there already, or to new ones, and tell what they say."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import cloudpickle
import ray
from hydra.core.utils import JobReturn
from ray.exceptions import RayError

from runner.errors import Refused
from runner.point.outcome import Lost
from runner.sweep.launchers.launch import failed_job
from runner.sweep.launchers.messages import (
    JobBroke,
    JobEnded,
    JobPlaced,
    MachineLost,
    MemoryTaken,
    Message,
    NotTaken,
)
from runner.sweep.launchers.ray.actor import Unlike
from runner.sweep.launchers.ray.call import Call
from runner.sweep.launchers.ray.loss import explain

# How long to wait for news before more machines may have come, and for what was ended.
_WAIT_SECONDS, _END_SECONDS = 5.0, 5.0
# Another launch may follow, which needs them; to import TensorFlow takes longer than this.
_IDLE_SECONDS = 10.0


@dataclass
class Actors:
    """Actors that run jobs, and those that wait for one.

    Attributes:
        start: starts an actor.
        compose: makes of a job's overrides and number what an actor runs.
        timeout_minutes: when a job is stopped; None: never.
        note_memory: hears how many bytes a process took at most for a job.
    """

    start: Callable[[], Any]
    compose: Callable[[Sequence[str], int], bytes]
    timeout_minutes: float | None
    note_memory: Callable[[int], None]
    _calls: list[Call] = field(default_factory=list)
    # Each with the time since when it waits, the one that has waited longest first.
    _idle: list[tuple[Any, float]] = field(default_factory=list)

    @property
    def number(self) -> int:
        """How many jobs run, or wait for a machine."""
        return len(self._calls)

    def begin(self, job: int, overrides: Sequence[str], number: int) -> None:
        """Run a job: Hydra's overrides, and Hydra's number."""
        self._begin(job, overrides, number, self._idle.pop()[0] if self._idle else None)

    def listen(self) -> Iterator[tuple[int, Message | JobReturn]]:
        """Wait until something is said of jobs, and yield that; a job's last is how it ended."""
        self._give_idle()
        seconds = min(call.seconds_left for call in self._calls)
        ready, _ = ray.wait(
            [call.stream for call in self._calls], timeout=min(seconds, _WAIT_SECONDS)
        )
        for call in [call for call in self._calls if call.stream in ready]:
            said = self._heard(call)
            if said is not None:
                yield call.job, said
        for call in [call for call in self._calls if not call.seconds_left]:
            self._drop(call)
            yield call.job, self._late(call)

    def withdraw(self) -> None:
        """Take back jobs that Ray has found no machine for."""
        for call in [call for call in self._calls if call.waits()]:
            self._drop(call)

    def release_idle(self) -> None:
        """End the actors that have had no job for a while: what they take is of use to others."""
        while self._idle and time.monotonic() - self._idle[0][1] > _IDLE_SECONDS:
            ray.kill(self._idle.pop(0)[0])

    def __enter__(self) -> Self:
        """Give the actors; after the block no job runs, and those without a job are kept."""
        return self

    def __exit__(self, *_: object) -> None:
        for call in self._calls:
            ray.kill(call.actor)
        deadline = time.monotonic() + _END_SECONDS
        while self._calls and time.monotonic() < deadline:
            ready, _ = ray.wait([call.stream for call in self._calls], timeout=_END_SECONDS)
            for call in [call for call in self._calls if call.stream in ready]:
                if isinstance(call.next(), RayError | None):
                    self._calls.remove(call)

    def _give_idle(self) -> None:
        """Give jobs that have no machine yet to actors without a job: it may be their place."""
        for call in [call for call in self._calls if call.waits()]:
            if self._idle:
                actor, _ = self._idle.pop()
                self._drop(call)
                self._begin(call.job, call.overrides, call.number, actor)

    def _begin(self, job: int, overrides: Sequence[str], number: int, idle: Any) -> None:
        actor = idle or self.start()
        stream = actor.run.remote(self.compose(overrides, number))
        self._calls.append(Call(job, overrides, number, actor, stream, used=idle is not None))

    def _heard(self, call: Call) -> Message | JobReturn | None:
        """Return the next message on a job; None where there is nothing to tell."""
        message = call.next()
        match message:
            case JobEnded() | JobBroke():
                return self._ended(call, message)
            case NotTaken():
                return self._again(call)
            case RayError():
                return self._lost(call, message)
            case JobPlaced(machine):
                call.place(machine, self.timeout_minutes)
            case MemoryTaken(most):
                self.note_memory(most)
            case Unlike(machine, differences):
                raise Refused(
                    f"hydra/launcher=ray: {machine} has {differences}: figures would not be those "
                    "of this machine; install the same there"
                )
        return message

    def _ended(self, call: Call, message: JobEnded | JobBroke) -> JobReturn:
        self._drop(call, keep=isinstance(message, JobEnded) and message.stays)
        if isinstance(message, JobBroke):
            return failed_job(call.overrides, Lost(f"broke down: {message.reason}"))
        result: JobReturn = cloudpickle.loads(message.result)
        return result

    def _lost(self, call: Call, error: RayError) -> Message | JobReturn | None:
        if call.used and call.machine is None:
            # It ended while it waited for a job.
            return self._again(call)
        self._drop(call)
        why = explain(error)
        if why.of_the_job:
            return failed_job(call.overrides, Lost(why.text))
        return MachineLost(why.text)

    def _again(self, call: Call) -> Message | None:
        self._drop(call)
        self._begin(call.job, call.overrides, call.number, None)
        return None

    def _late(self, call: Call) -> JobReturn:
        limit = f"hydra.launcher.timeout_minutes={self.timeout_minutes:g}"
        return failed_job(call.overrides, Lost(f"took longer than {limit}"))

    def _drop(self, call: Call, keep: bool = False) -> None:
        """Forget a job, and end its actor unless it may run another one."""
        self._calls.remove(call)
        if keep:
            self._idle.append((call.actor, time.monotonic()))
        else:
            ray.kill(call.actor)
