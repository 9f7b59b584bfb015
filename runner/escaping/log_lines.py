"""Write log lines whose names come from outside, on terminals and into files."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from runner.errors import Refused
from runner.escaping.terminal import visible, visible_lines

_PACKAGE = __name__.partition(".")[0]
# The attribute of a record that a terminal shows in another way.
IN_VIEW = "in_view"


class LogFormatter(logging.Formatter):
    """Show what would steer a terminal; no line of a message looks like another record."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        """Format the line itself: the runner's own messages are one line, others are indented."""
        if record.name.partition(".")[0] == _PACKAGE:
            record.message = visible(record.message)
        else:
            record.message = visible_lines(record.message).replace("\n", "\n    ")
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802
        """Format a traceback, which keeps its lines."""
        return visible_lines(super().formatException(ei))


class LogOutput(logging.Handler):
    """The log on standard output; on a terminal without what stands before each message."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print a record, unless a view of the terminal shows it."""
        if getattr(record, IN_VIEW, False):
            return
        try:
            # Standard output as it is now: a view that draws on it puts lines above itself.
            stream = sys.stdout
            line = _MESSAGE.format(record) if stream.isatty() else self.format(record)
            stream.write(f"{line}\n")
            stream.flush()
        except Exception:
            self.handleError(record)


_MESSAGE = LogFormatter("%(message)s")


class LogFile(logging.FileHandler):
    """The log of a job, in the folder of its output."""

    def __init__(self, folder: str, job: str) -> None:
        """Open `folder`/`job`.log.

        Raises:
            Refused: it cannot be written; names the setting.
        """
        require_file_name(job)
        try:
            super().__init__(
                Path(folder) / f"{job}.log", encoding="utf-8", errors="backslashreplace"
            )
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise Refused(f"hydra.job.name={job}: must be a file's name ({reason})") from None


@contextmanager
def log_into(folder: Path, job: str) -> Iterator[None]:
    """Keep the runner's own lines of the block in a file of a folder, as those of a job are kept.

    Raises:
        Refused: it cannot be written; names the setting.
    """
    file = LogFile(str(folder), job)
    file.setFormatter(LogFormatter("[%(asctime)s][%(name)s][%(levelname)s] - %(message)s"))
    # Not the root, whose handlers Hydra replaces with each launch.
    ours = logging.getLogger(_PACKAGE)
    ours.addHandler(file)
    try:
        yield
    finally:
        ours.removeHandler(file)
        file.close()


def require_file_name(job: object) -> None:
    """Refuse a name of a job that leads out of its folder, or to no file.

    Raises:
        Refused: it is no name of a file.
    """
    name = str(job)
    # The longest that Linux takes has 255 bytes, with the ending.
    if not name or "/" in name or "\0" in name or len(name.encode(errors="replace")) > 251:
        raise Refused(f"hydra.job.name={name[:100]}: must be a file's name, without a slash")
