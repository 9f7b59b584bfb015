"""Keep a store that does not answer from holding up a process that was asked to stop."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext

from runner.process.environment import overridden
from runner.process.signals import stopping

# Whoever stops a night's sweep kills it after a minute.
SECONDS = 10.0
_TIMEOUT = "MLFLOW_HTTP_REQUEST_TIMEOUT"
_TRIES = 2


def patience(usual: float) -> float:
    """Return for how many seconds one call may wait: fewer once this process was asked to stop."""
    return min(usual, SECONDS) if stopping() else usual


def brief() -> AbstractContextManager[None]:
    """Make a request inside the block fail soon, once this process was asked to stop.

    It is sent twice at most: a server may hang up on the first one that it gets for a while.
    """
    if not stopping():
        return nullcontext()
    asked = os.environ.get(_TIMEOUT, "")
    seconds = int(SECONDS / _TRIES)
    return overridden(
        {
            _TIMEOUT: str(min(int(asked), seconds) if asked.isdigit() else seconds),
            "MLFLOW_HTTP_REQUEST_MAX_RETRIES": str(_TRIES - 1),
            "MLFLOW_HTTP_RESPECT_RETRY_AFTER_HEADER": "false",
        }
    )


def is_silence(error: BaseException) -> bool:
    """Tell whether a call failed because nobody answered in time."""
    return any(isinstance(each, TimeoutError) for each in _chain(error))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
