"""Describe the file that was chosen of a sweep, for firmware."""

import tempfile
from dataclasses import replace
from pathlib import Path

from runner.device.vela import compile_file
from runner.errors import RunnerError
from runner.firmware.accelerator import Accelerator
from runner.firmware.facts import Facts
from runner.results.choice import File
from runner.results.class_figures import class_names
from runner.results.input_range import input_range
from runner.tracking import Store


def facts_of(store: Store, file: File, sweep: str) -> Facts:
    """Read a file of a sweep, and what its run says of its images and classes.

    For an Ethos-U the file is compiled, and its arena is what Vela estimates.

    Args:
        sweep: the sweep's name.

    Raises:
        RunnerError: no firmware can run the file, or nobody has measured its arena.
        StoreFailed: the store does not answer, or no longer has the file.
    """
    point = file.point
    title = f'{file.target} of "{point.name}", a point of the sweep "{sweep}"'
    with tempfile.TemporaryDirectory() as folder:
        content, arena, accelerator = _content(
            file, store.fetch(point, file.artifact, Path(folder))
        )
    labels, images = class_names(store, point), input_range(point.params)
    facts = Facts.of(title, content, arena, labels, images)
    return replace(facts, accelerator=accelerator)


def _content(file: File, path: Path) -> tuple[bytes, float, Accelerator | None]:
    if file.device.is_ethos_u:
        folder = path.parent / "compiled"
        folder.mkdir()
        compiled, figures = compile_file(path, file.device, folder)
        accelerator = Accelerator.of(file.device, path, figures)
        return compiled.read_bytes(), figures["ram_bytes"], accelerator
    if file.ram is None:
        raise RunnerError(f"{file.target} of {file.point.name}: nobody has measured its arena")
    return path.read_bytes(), file.ram, None
