"""Show the progress of a sweep, as log lines or as a live view on a terminal."""

import logging
from typing import Protocol, Self

from rich.console import Console

from runner.sweep.jobs import Job
from runner.sweep.live_progress import LiveView

log = logging.getLogger(__name__)


class ProgressView(Protocol):
    """Where the progress of a sweep is shown while its context is entered."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...

    def started(self, name: str, machine: str = "") -> None:
        """Show a job that a worker has begun, on the machine of this name; empty: on this one."""

    def moved(self, name: str, reason: str) -> None:
        """Show that a job begins anew elsewhere, in a line that says why."""

    def epoch(self, name: str, done: int, total: int) -> None:
        """Show how many epochs the training of a job has done."""

    def finished(self, job: Job, summary: str) -> None:
        """Show a job that went well."""

    def failed(self, job: Job, reason: str) -> None:
        """Show a job that did not."""

    def warned(self, text: str) -> None:
        """Show a warning."""


class LogLines:
    """One plain line for each job that begins and ends."""

    def __init__(self, total: int, done: int) -> None:
        self._total, self._done = total, done

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def started(self, name: str, machine: str = "") -> None:
        """Log a line."""
        log.info("started: %s%s", name, f" on {machine}" if machine else "")

    def moved(self, name: str, reason: str) -> None:  # noqa: ARG002
        """Log a line."""
        log.warning(reason)

    def epoch(self, name: str, done: int, total: int) -> None:
        """Log nothing: lines for epochs would hide those for jobs."""

    def finished(self, job: Job, summary: str) -> None:
        """Log a line with the key figures."""
        self._done += job.kind == "point"
        log.info(
            "finished: %s: %s (%d of %d points done)", job.name, summary, self._done, self._total
        )

    def failed(self, job: Job, reason: str) -> None:
        """Log a line with the reason."""
        log.error("failed: %s: %s", job.name, reason)

    def warned(self, text: str) -> None:
        """Log a line."""
        log.warning(text)


class FailuresOnly(LogLines):
    """For launchers whose jobs log their start and end themselves, in this process or another."""

    def started(self, name: str, machine: str = "") -> None:
        """Log nothing: the launcher does."""

    def finished(self, job: Job, summary: str) -> None:
        """Log nothing: the job has done so."""


def choose_view(title: str, total: int, done: int, workers: int | None) -> ProgressView:
    """Choose a live view on a terminal, and lines elsewhere.

    Args:
        title: name of the sweep.
        total: how many points it has.
        done: how many of them are finished already.
        workers: how many jobs run at once; None for a launcher that does not report on them.
    """
    console = Console()
    if workers is None:
        return FailuresOnly(total, done)
    if console.is_terminal:
        return LiveView(console, title, total, done, workers)
    return LogLines(total, done)
