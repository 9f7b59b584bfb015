"""Show the progress of a sweep as lines of its log: one for each job that begins or ends."""

import logging
from typing import Self

from runner.escaping.log_lines import IN_VIEW
from runner.point.outcome import Outcome
from runner.sweep.jobs import Job

log = logging.getLogger(__name__)


class LogLines:
    """One plain line for each job that begins and ends."""

    def __init__(self, total: int, done: int, in_view: bool = False) -> None:
        """Take how many points there are and how many are finished.

        Args:
            in_view: whether a terminal shows the same in another way: then only files have it.
        """
        self._total, self._done = total, done
        self._extra = {IN_VIEW: in_view}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def started(self, name: str, machine: str = "") -> None:
        """Log a line."""
        place = f" on {machine}" if machine else ""
        log.info("started: %s%s", name, place, extra=self._extra)

    def moved(self, name: str, reason: str) -> None:  # noqa: ARG002
        """Log a line."""
        log.warning(reason)

    def epoch(self, name: str, done: int, total: int, accuracy: float | None) -> None:
        """Log nothing: lines for epochs would hide those for jobs."""

    def finished(self, job: Job, outcome: Outcome) -> None:
        """Log a line with the key figures."""
        self._done += job.kind == "point"
        figures = job.name, outcome.summary, self._done, self._total
        log.info("finished: %s: %s (%d of %d points done)", *figures, extra=self._extra)

    def failed(self, job: Job, reason: str) -> None:
        """Log a line with the reason."""
        log.error("failed: %s: %s", job.name, reason, extra=self._extra)

    def warned(self, text: str) -> None:
        """Log a line."""
        log.warning(text)


class FailuresOnly(LogLines):
    """For launchers whose jobs log their start and end themselves, in this process or another."""

    def started(self, name: str, machine: str = "") -> None:
        """Log nothing: the launcher does."""

    def finished(self, job: Job, outcome: Outcome) -> None:
        """Log nothing: the job has done so."""
