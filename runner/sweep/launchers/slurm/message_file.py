"""Send messages from a job to its launcher through a file that both machines see."""

import dataclasses
import json
import os
from collections.abc import Iterator
from pathlib import Path

from runner.sweep.launchers.messages import (
    EpochEnded,
    JobFolder,
    JobPlaced,
    MemoryTaken,
    Message,
    WarningText,
)

_KINDS = {kind.__name__: kind for kind in (JobPlaced, JobFolder, EpochEnded, WarningText)}


class MessageFile:
    """A file with a message in each line, as JSON."""

    def __init__(self, path: Path) -> None:
        """Read from the beginning on; the file may be made later."""
        self._path, self._read = path, 0

    def send(self, message: Message) -> None:
        """Append a message.

        Raises:
            OSError: the file cannot be written.
        """
        if isinstance(message, MemoryTaken):
            return
        line = json.dumps({type(message).__name__: dataclasses.asdict(message)})
        # Opened anew each time: that other machines see what was closed is all that NFS promises.
        with self._path.open("ab") as file:
            file.write(f"{line}\n".encode())

    def new(self) -> Iterator[Message]:
        """Yield the messages that were not read yet."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._read, os.SEEK_SET)
                text = file.read()
        except OSError:
            return
        # Its last line may be on its way.
        whole = text[: text.rfind(b"\n") + 1]
        self._read += len(whole)
        for line in whole.splitlines():
            message = _message(line)
            if message is not None:
                yield message


def _message(line: bytes) -> Message | None:
    """Read a message; None where the line is none: two machines may have written at once."""
    try:
        ((name, values),) = json.loads(line).items()
        message: Message = _KINDS[name](**values)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return message
