"""Wait for a store with a trouble that passes."""

import logging
import re
import time

log = logging.getLogger(__name__)

# As SQLite says it; it waits itself before it does, but not always.
LOCKED = re.compile(r"database (\w+ )?is locked$")
# As a server, or a gateway before it, says it while it is started or stopped or has too much to do.
UNWELL = re.compile(
    r"the server keeps answering (408|429|5\d\d)"
    r"|Connection (aborted|reset|broken)|Remote end closed connection|IncompleteRead"
)
# Nobody listens there: a wrong address, unless somebody did a moment ago.
ABSENT = re.compile(r"Connection refused")


class Wait:
    """What is left of the time in which a call may find the store in a trouble."""

    def __init__(self, seconds: float, trouble: re.Pattern[str], pause: float = 0.5) -> None:
        self._end, self._trouble, self._pause = time.monotonic() + seconds, trouble, pause
        self._said = False

    def is_left(self, failure: str) -> bool:
        """Tell whether a call that failed so is to be repeated, after a pause."""
        left = self._end - time.monotonic()
        absent = self._said and ABSENT.search(failure)
        if left <= 0 or not (absent or self._trouble.search(failure)):
            return False
        if not self._said:
            log.warning("the store: %s; trying for %d s more", failure, round(left) or 1)
        self._said = True
        time.sleep(self._pause)
        return True
