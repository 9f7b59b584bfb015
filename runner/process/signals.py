"""Turn the first signal that asks this process to stop into SystemExit."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from runner.errors import one_line

_STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class _Received:
    """Hold the first signal that has asked this process to stop."""

    number: int | None = None


def exit_on_first_signal() -> None:
    """Exit on the first SIGTERM or SIGINT, with code 128 plus its number; ignore further ones."""
    _Received.number = None
    for number in _STOP_SIGNALS:
        signal.signal(number, _exit)


def stopping() -> bool:
    """Tell whether this process was asked to stop, and heeds it."""
    return _Received.number is not None


def as_exit(error: BaseException) -> BaseException:
    """Return the exit that a library has made another exception of, else the error itself.

    What is raised while TensorFlow makes a tensor comes out of it as a TypeError.
    """
    if _Received.number is None or not isinstance(error, Exception):
        return error
    return SystemExit(128 + _Received.number)


def stop_words(stop: BaseException) -> str:
    """Say what has stopped this process, for a run that is closed therefore."""
    code = stop.code if isinstance(stop, SystemExit) else None
    names: dict[object, str] = {128 + signal.SIGINT: "Ctrl-C", 128 + signal.SIGTERM: "SIGTERM"}
    return f"stopped by {names.get(code, one_line(stop))}"


@contextmanager
def delayed_stop() -> Iterator[None]:
    """Delay a stop to the end of the block: half a transaction, say, locks a database."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    stops = [stop for stop in _STOP_SIGNALS if signal.getsignal(stop)]
    received: list[int] = []
    before = {
        stop: signal.signal(stop, lambda number, _: received.append(number)) for stop in stops
    }
    try:
        yield
    finally:
        for stop, handler in before.items():
            signal.signal(stop, handler)
        for number in received[:1]:
            signal.raise_signal(number)


def _exit(received: int, _: FrameType | None) -> None:
    """Ignore further signals, so that a second Ctrl-C does not interrupt the closing of runs."""
    _Received.number = received
    for number in _STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise SystemExit(128 + received)
