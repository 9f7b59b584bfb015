"""Define the messages that a worker sends to the launcher while it works."""

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

# The attribute of a log record that says how many epochs are done, of how many.
EPOCHS = "epochs"


@dataclass(frozen=True)
class JobPlaced:
    """The job begins, on the machine of this name; empty on the sweep's own."""

    machine: str = ""


@dataclass(frozen=True)
class MachineLost:
    """The machine of a job, or its process there, ended for no fault of the job, for a reason.

    Attributes:
        counts: whether the job might have done it; False where it was taken from the job on
            purpose, which may happen any number of times.
    """

    reason: str
    counts: bool = True


@dataclass(frozen=True)
class JobFolder:
    """The job's output folder, which also holds what the job prints."""

    path: str


@dataclass(frozen=True)
class EpochEnded:
    """How many epochs of the present training are done, of how many.

    Attributes:
        accuracy: on the validation images after them, a share; None before the first.
    """

    done: int
    total: int
    accuracy: float | None = None


@dataclass(frozen=True)
class WarningText:
    """A warning for whoever watches the sweep."""

    text: str


@dataclass(frozen=True)
class MemoryTaken:
    """The most bytes of its own that the worker took for the job; 0 where that is not known."""

    most: int


@dataclass(frozen=True)
class JobEnded:
    """How the job ended, as a pickled JobReturn, and whether the worker takes another one."""

    result: bytes
    stays: bool


@dataclass(frozen=True)
class JobBroke:
    """What the worker failed with around the job; it takes no other one."""

    reason: str


@dataclass(frozen=True)
class NotTaken:
    """The job was not begun: it needs a process that has run no other one."""


Message = (
    JobPlaced
    | MachineLost
    | JobFolder
    | EpochEnded
    | WarningText
    | MemoryTaken
    | JobEnded
    | JobBroke
    | NotTaken
)
# Takes a message for the launcher; raises OSError where the launcher is gone.
Send = Callable[[Message], None]


class MessageHandler(logging.Handler):
    """Send epochs and warnings from the log to the launcher."""

    def __init__(self, send: Send) -> None:
        super().__init__(logging.DEBUG)
        self._send = send

    def emit(self, record: logging.LogRecord) -> None:
        """Send a record that is a warning or marks the end of an epoch."""
        message: Message
        epochs = getattr(record, EPOCHS, None)
        if epochs:
            done, total = epochs
            message = EpochEnded(done, total, _accuracy(record))
        elif record.levelno >= logging.WARNING:
            message = WarningText(record.getMessage())
        else:
            return
        # Nobody listens once the sweep's process has ended; this process ends shortly after.
        with suppress(OSError):
            self._send(message)


def _accuracy(record: logging.LogRecord) -> float | None:
    """Return the accuracy of an epoch, which its line of the log ends with the figures of."""
    *_, figures = record.args if isinstance(record.args, tuple) and record.args else (None,)
    accuracy = figures.get("val_accuracy") if isinstance(figures, Mapping) else None
    return None if accuracy is None else float(accuracy)
