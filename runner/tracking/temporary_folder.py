"""Make a folder for files that are on their way to a store, or from it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runner.errors import one_line
from runner.process.temporary import restore_folder
from runner.tracking.connection import StoreFailed


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Make a folder for the block.

    Raises:
        StoreFailed: there is no room for temporary files: what is logged can be kept all the same.
    """
    try:
        restore_folder()
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder)
    except OSError as error:
        raise StoreFailed(f"temporary files: {one_line(error)}") from error
