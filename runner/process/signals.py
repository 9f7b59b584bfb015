"""Turn the first signal that asks this process to stop into SystemExit."""

import signal
from types import FrameType

_STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def exit_on_first_signal() -> None:
    """Exit on the first SIGTERM or SIGINT, with code 128 plus its number; ignore further ones."""
    for number in _STOP_SIGNALS:
        signal.signal(number, _exit)


def _exit(received: int, _: FrameType | None) -> None:
    """Ignore further signals, so that a second Ctrl-C does not interrupt the closing of runs."""
    for number in _STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise SystemExit(128 + received)
