"""Repeat what a store did not answer, for as long as it may be away for a moment."""

import errno
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from runner.tracking import Absent, StoreFailed, few_retries

log = logging.getLogger(__name__)

_T = TypeVar("_T")

# For so long a database may be locked, or a server start again.
SECONDS = 120.0
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 10.0
# What no waiting changes: no such run, no such right, no space.
_FINAL_CODES = {
    *("RESOURCE_DOES_NOT_EXIST", "RESOURCE_ALREADY_EXISTS", "INVALID_PARAMETER_VALUE"),
    *("PERMISSION_DENIED", "UNAUTHENTICATED", "ENDPOINT_NOT_FOUND", "INVALID_STATE"),
}
_FINAL_ERRORS = {
    *(errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM),
    *(errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENAMETOOLONG),
}
_FINAL_TEXTS = ("disk is full", "readonly database", "no such table", "malformed")


@dataclass
class Patience:
    """The seconds that all calls of one task may wait together for a store to come back."""

    seconds: float = SECONDS
    _end: float | None = field(default=None, init=False)

    def call(self, action: Callable[[], _T]) -> _T:
        """Call until the store answers, or time is up; the action may be done several times.

        Raises:
            StoreFailed: the store does not answer for too long, or never will.
        """
        pause = _FIRST_PAUSE
        while True:
            try:
                with few_retries():
                    return action()
            except StoreFailed as failure:
                if _is_final(failure) or not self._waits(failure):
                    raise
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _waits(self, failure: StoreFailed) -> bool:
        """Tell whether there is time left; it begins with the first failure."""
        if self._end is None:
            self._end = time.monotonic() + self.seconds
            if not self.seconds:
                return False
            text = "the store does not answer (%s); trying for %.0f s more"
            log.warning(text, failure, self.seconds)
        return time.monotonic() < self._end


def _is_final(failure: StoreFailed) -> bool:
    if (
        isinstance(failure, Absent)
        or failure.code in _FINAL_CODES
        or any(text in str(failure) for text in _FINAL_TEXTS)
    ):
        return True
    return any(getattr(each, "errno", None) in _FINAL_ERRORS for each in _chain(failure))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
