"""A block that calls a talkative library goes in; its chatter comes out in the debug log."""

import logging
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

log = logging.getLogger(__name__)


@contextmanager
def hushed() -> Iterator[None]:
    """Keep warnings, and what native code writes to standard error, off the terminal.

    It goes to the debug log; where the block fails, to the error log. TensorFlow's native code
    has no switch for its greetings and its converter's notes.
    """
    sys.stderr.flush()
    terminal = os.dup(2)
    level = logging.DEBUG
    with tempfile.TemporaryFile() as file, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        os.dup2(file.fileno(), 2)
        try:
            yield
        except BaseException:
            level = logging.ERROR
            raise
        finally:
            sys.stderr.flush()
            os.dup2(terminal, 2)
            os.close(terminal)
            file.seek(0)
            native = file.read().decode(errors="replace").splitlines()
            for line in [*native, *(str(each.message) for each in caught)]:
                log.log(level, line)
