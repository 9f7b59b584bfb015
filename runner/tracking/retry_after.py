"""Say for how long a server asks to be left alone, which may be hours."""

import logging
from typing import Any, ClassVar

from mlflow.utils import request_utils
from urllib3.response import BaseHTTPResponse
from urllib3.util import Retry

log = logging.getLogger(__name__)

# In seconds: a limit on requests often asks for one or two.
_LONG = 5.0


class AnnouncedRetry(Retry):
    """What MLflow repeats requests by; the first long wait for each server is announced."""

    _told: ClassVar[set[str]] = set()

    def sleep_for_retry(self, response: BaseHTTPResponse) -> bool:
        """Wait for as long as the answer asks, if it does."""
        seconds = self.get_retry_after(response) or 0.0
        server = _server(response)
        if seconds >= _LONG and server not in self._told:
            self._told.add(server)
            text = "the store at %s answers %d and asks to wait for %.0f s (Retry-After); waiting"
            log.warning(text, server, response.status, seconds)
        return super().sleep_for_retry(response)


def announce() -> None:
    """Let MLflow repeat its requests in this way, in this process and those that it forks."""
    # MLflow takes the class from there, and offers no other place to say so.
    vars(request_utils)["Retry"] = AnnouncedRetry


def _server(response: BaseHTTPResponse) -> str:
    pool: Any = getattr(response, "_pool", None)
    if pool is None:
        return "its address"
    return f"{pool.scheme}://{pool.host}:{pool.port}"
