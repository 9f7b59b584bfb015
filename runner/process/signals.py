"""Nothing goes in; a signal that asks this process to stop comes out as SystemExit, once."""

import signal
from types import FrameType

_STOPS = (signal.SIGTERM, signal.SIGINT)


def stop_once() -> None:
    """Leave on the first SIGTERM or SIGINT, with exit code 128 + its number."""
    for each in _STOPS:
        signal.signal(each, _stop)


def _stop(number: int, _: FrameType | None) -> None:
    """Stop once: whoever is impatient must not keep runs from being closed."""
    for each in _STOPS:
        signal.signal(each, signal.SIG_IGN)
    raise SystemExit(128 + number)
