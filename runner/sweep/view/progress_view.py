"""Define what is shown of a sweep that goes on."""

from typing import Protocol, Self

from runner.point.outcome import Outcome
from runner.sweep.jobs import Job


class ProgressView(Protocol):
    """Where the progress of a sweep is shown while its context is entered."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...

    def started(self, name: str, machine: str = "") -> None:
        """Show a job that a worker has begun, on the machine of this name; empty: on this one."""

    def moved(self, name: str, reason: str) -> None:
        """Show that a job begins anew elsewhere, in a line that says why."""

    def epoch(self, name: str, done: int, total: int, accuracy: float | None) -> None:
        """Show how many epochs the training of a job has done.

        Args:
            accuracy: on the validation images after them, a share; None: not known.
        """

    def finished(self, job: Job, outcome: Outcome) -> None:
        """Show a job that went well."""

    def failed(self, job: Job, reason: str) -> None:
        """Show a job that did not."""

    def warned(self, text: str) -> None:
        """Show a warning."""
