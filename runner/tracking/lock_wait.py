"""Wait for a database that another program keeps locked."""

import logging
import time

from runner.tracking.failure_reason import reason

log = logging.getLogger(__name__)

# As SQLite says it; it waits itself before it does, but not always.
_LOCKED = ("database is locked", "database table is locked", "database schema is locked")
_PAUSE = 0.5


class LockWait:
    """What is left of the time in which one call may find the database locked."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._end = seconds, time.monotonic() + seconds
        self._said = False

    def is_left(self, error: Exception) -> bool:
        """Tell whether a call that failed so is to be repeated, after a pause."""
        if time.monotonic() > self._end or not reason(error).endswith(_LOCKED):
            return False
        if not self._said:
            left = max(1, round(self._end - time.monotonic()))
            log.warning("the database is locked by another program: trying for %d s more", left)
        self._said = True
        time.sleep(_PAUSE)
        return True
