"""Follow a launch that no sweep of this project follows, as Hydra's launchers do."""

import logging
from collections.abc import Mapping, Sequence

from hydra.core.utils import JobReturn, filter_overrides

from runner.sweep.launchers.messages import EpochEnded

log = logging.getLogger(__name__)


class StartLog:
    """Log each start, where the sweeper is one of Hydra's own."""

    def __init__(self, job_overrides: Sequence[Sequence[str]], first_number: int) -> None:
        """Take Hydra's overrides of each job, and the number of the first."""
        self._overrides, self._first = job_overrides, first_number

    def wants_more(self) -> bool:
        """Return True."""
        return True

    def further(self) -> None:
        """Return None: there are no more jobs than those of the launch."""

    def started(self, job: int, machine: str) -> None:
        """Log a line."""
        overrides = " ".join(filter_overrides(self._overrides[job]))
        log.info("#%d: %s%s", self._first + job, overrides, f" on {machine}" if machine else "")

    def lost(self, job: int, reason: str) -> None:
        """Log a line, and let the job run again."""
        log.warning("#%d: %s; it runs again", self._first + job, reason)

    def epoch_ended(self, job: int, epoch: EpochEnded) -> None:
        """Log nothing."""

    def warned(self, job: int, text: str) -> None:
        """Log nothing: the job does so."""

    def finished(self, job: int, result: JobReturn) -> bool:  # noqa: ARG002
        """Return True."""
        return True

    def remember(self, name: str, text: str) -> None:
        """Keep nothing: nobody goes on with such a launch."""

    def earlier(self) -> Mapping[str, str]:
        """Return nothing."""
        return {}

    def holds(self) -> bool:
        """Return True."""
        return True
