"""What a worker has to tell while it works goes in; frozen values come out at the launcher."""

import logging
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection

# The attribute of a log record that says how many epochs are done, of how many.
EPOCHS = "epochs"


@dataclass(frozen=True)
class Began:
    """The job has its output folder, in which its printed text is kept too."""

    folder: str


@dataclass(frozen=True)
class Epoch:
    """So many epochs of the training at hand are done."""

    done: int
    of: int


@dataclass(frozen=True)
class Warned:
    """Something that the person at the terminal should read."""

    text: str


News = Began | Epoch | Warned


class Messenger(logging.Handler):
    """Sends on what the project's own loggers say that someone may be waiting for."""

    def __init__(self, pipe: Connection) -> None:
        super().__init__(logging.DEBUG)
        self._pipe = pipe

    def emit(self, record: logging.LogRecord) -> None:
        """Send warnings, and the number of each epoch that ends."""
        news: News
        epochs = getattr(record, EPOCHS, None)
        if epochs:
            news = Epoch(*epochs)
        elif record.levelno >= logging.WARNING:
            news = Warned(record.getMessage())
        else:
            return
        # A sweep that is gone hears nothing, and this process will not outlive it by much.
        with suppress(OSError):
            self._pipe.send(news)
