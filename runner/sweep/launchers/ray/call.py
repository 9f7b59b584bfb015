"""Hold a job that an actor of Ray's was given, and hear what is said of it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ray
from ray.exceptions import RayError

from runner.sweep.launchers.messages import Message
from runner.sweep.launchers.ray.actor import JobActor, Unlike
from runner.sweep.launchers.ray.machine import Sender
from runner.sweep.launchers.ray.share import Share
from runner.sweep.launchers.ray.shipment import Shipment


@dataclass
class Call:
    """A job that an actor was given.

    Attributes:
        stream: what Ray gives the messages by.
        used: whether the actor had run another job before.
        machine: where it runs; None: Ray has found no place yet.
        end: when it is out of time, on the monotonic clock.
    """

    job: int
    overrides: Sequence[str]
    number: int
    actor: Any
    stream: Any
    used: bool
    machine: str | None = None
    end: float | None = None

    @property
    def seconds_left(self) -> float:
        """How long the job may still run."""
        return float("inf") if self.end is None else max(0.0, self.end - time.monotonic())

    def waits(self) -> bool:
        """Tell whether Ray has found no machine for it yet."""
        return self.machine is None and not self.used and not ray.wait([self.stream], timeout=0)[0]

    def place(self, machine: str, timeout_minutes: float | None) -> None:
        """Note that it has begun."""
        self.machine = machine
        if timeout_minutes is not None:
            self.end = time.monotonic() + 60 * timeout_minutes

    def next(self) -> Message | Unlike | RayError | None:
        """Return the next message, or what ended the call; None: nothing follows."""
        try:
            message: Message | Unlike = ray.get(next(self.stream))
        except StopIteration:
            return None
        except RayError as error:
            return error
        return message


def start_actor(share: Share, sender: Sender, fresh: bool, shipments: Sequence[Shipment]) -> Any:
    """Start an actor somewhere on the cluster; see `JobActor` for the arguments.

    Args:
        share: what it takes of its machine.
    """
    # What is lost is begun anew by the launch, which tells whose fault it was.
    return ray.remote(max_restarts=0, max_task_retries=0, **share.options)(JobActor).remote(
        sender, fresh, shipments
    )
