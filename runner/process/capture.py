"""Send what a noisy library writes to standard error to the log."""

import logging
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

log = logging.getLogger(__name__)


@contextmanager
def stderr_to_log() -> Iterator[None]:
    """Keep warnings, and what native code writes to standard error, off the terminal.

    They go to the debug log; where the block fails, to the error log. TensorFlow's native code
    and its converter have no setting that silences them.
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
            for line in [*native, *(str(warning.message) for warning in caught)]:
                log.log(level, line)
