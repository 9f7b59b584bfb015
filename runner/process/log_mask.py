"""Keep the secret of the store's address out of what a process logs, and of its last words."""

import logging
import sys
import traceback
from types import TracebackType
from typing import Any

from runner.escaping.terminal import complain, visible_lines
from runner.settings.secret_text import without_secrets


def mask_logs() -> None:
    """Mask what any library logs from now on, and the traceback that ends the process."""
    logging.setLogRecordFactory(_MaskedRecord)
    sys.excepthook = _print_masked


def masked_traceback(error: BaseException) -> str:
    """Return the traceback as Python prints it, without secrets."""
    return without_secrets("".join(traceback.format_exception(error)))


class _MaskedRecord(logging.LogRecord):
    """A record whose text and traceback hold no secret, whoever formats it."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        if self.exc_info and self.exc_info[1]:
            self.exc_text = visible_lines(masked_traceback(self.exc_info[1]).rstrip("\n"))

    def getMessage(self) -> str:  # noqa: N802
        return without_secrets(super().getMessage())


def _print_masked(
    kind: type[BaseException],  # noqa: ARG001
    error: BaseException,
    trace: TracebackType | None,  # noqa: ARG001
) -> None:
    complain(*masked_traceback(error).rstrip("\n").split("\n"))
