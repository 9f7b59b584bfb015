"""What happens to the jobs of a sweep goes in; lines, or a live view on a terminal, come out."""

import logging
from typing import Protocol, Self

from rich.console import Console

from runner.sweep.jobs import Job
from runner.sweep.live_progress import LiveView

log = logging.getLogger(__name__)


class View(Protocol):
    """Where the progress of a sweep is shown, from entering to leaving it."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...

    def started(self, name: str) -> None:
        """Show a job that a worker has begun."""

    def epoch(self, name: str, done: int, of: int) -> None:
        """Show how far the training of a job is."""

    def finished(self, job: Job, summary: str) -> None:
        """Show a job that went well."""

    def failed(self, job: Job, reason: str) -> None:
        """Show a job that did not."""

    def warned(self, text: str) -> None:
        """Show a warning."""


class Lines:
    """One plain line for each job that begins and ends."""

    def __init__(self, total: int, done: int) -> None:
        self._total, self._done = total, done

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def started(self, name: str) -> None:
        """Print a line."""
        log.info("started: %s", name)

    def epoch(self, name: str, done: int, of: int) -> None:
        """Print nothing: an epoch is no news in a log."""

    def finished(self, job: Job, summary: str) -> None:
        """Print a line with the key figures."""
        self._done += job.kind == "point"
        log.info(
            "finished: %s: %s (%d of %d points done)", job.name, summary, self._done, self._total
        )

    def failed(self, job: Job, reason: str) -> None:
        """Print a line with the reason."""
        log.error("failed: %s: %s", job.name, reason)

    def warned(self, text: str) -> None:
        """Print a line."""
        log.warning(text)


class FailuresOnly(Lines):
    """For launchers whose jobs print for themselves, in this process or another."""

    def finished(self, job: Job, summary: str) -> None:
        """Print nothing: the job has said so."""


def view_of(title: str, total: int, done: int, workers: int | None) -> View:
    """Choose by where the output goes.

    Args:
        done: how many of the `total` points are there already.
        workers: how many jobs run at once; None for a launcher that does not tell.
    """
    console = Console()
    if workers is None:
        return FailuresOnly(total, done)
    if console.is_terminal:
        return LiveView(console, title, total, done, workers)
    return Lines(total, done)
