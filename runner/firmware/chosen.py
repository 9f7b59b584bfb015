"""Describe the file that was chosen of a sweep, for firmware."""

import tempfile
from pathlib import Path

from runner.firmware.facts import Facts
from runner.results.choice import File
from runner.results.class_figures import class_names
from runner.results.input_range import input_range
from runner.tracking import Store


def facts_of(store: Store, file: File, sweep: str, arena: float) -> Facts:
    """Read a file of a sweep, and what its run says of its images and classes.

    Args:
        sweep: the sweep's name.
        arena: bytes of memory that it was measured to take.

    Raises:
        RunnerError: no firmware can run the file.
        StoreFailed: the store does not answer, or no longer has the file.
    """
    point = file.point
    title = f'{file.target} of "{point.name}", a point of the sweep "{sweep}"'
    with tempfile.TemporaryDirectory() as folder:
        content = store.fetch(point, file.artifact, Path(folder)).read_bytes()
    return Facts.of(title, content, arena, class_names(store, point), input_range(point.params))
