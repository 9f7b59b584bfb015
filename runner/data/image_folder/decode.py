"""Decode images into files of pixels on all cores, in processes apart from the one that asks.

`python -m runner.data.image_folder.decode` reads the request, as JSON, from standard input, and
prints which files it could not read. The libraries that decode are written in C, and a crafted file
may exhaust or end them.
"""

import json
import multiprocessing
import os
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, NamedTuple

import joblib

from runner.data.image_folder.picture import Unreadable, picture
from runner.data.image_folder.resize import resized
from runner.errors import Refused, is_fault, one_line
from runner.escaping.terminal import complain, say
from runner.process import isolated
from runner.process.limits import end_with_parent
from runner.settings.dataset import Resize

# Images that a process takes at a time: few enough to keep all cores at work to the end.
_AT_ONCE = 32

# The part of the data, the row in it, and why the image there cannot be read.
Fault = tuple[str, int, str]


class _Task(NamedTuple):
    """Some images of a part, and where their pixels go."""

    part: str
    first: int
    files: list[str]
    pixels: str
    offset: int
    size: tuple[int, int]
    color: str
    resize: Resize
    done: str


def decode(request: Mapping[str, Any]) -> list[Fault]:
    """Decode images, and write their pixels, one image after the other.

    Args:
        request: `parts`, of each its `files`, the file to write `pixels` into, which is there, and
            the `offset` of the first one; `size`, height and width to bring them to; `color`, rgb
            or grayscale; `resize`, how they are brought to the size; `done`, a file that grows by a
            byte for each image.

    Returns:
        What cannot be read; its pixels are left as they are.

    Raises:
        Refused: a process that decodes was ended.
    """
    tasks = list(_tasks(request))
    processes = min(int(joblib.cpu_count()), len(tasks))
    context = multiprocessing.get_context("fork")
    try:
        with ProcessPoolExecutor(processes, context, end_with_parent) as pool:
            return [fault for faults in pool.map(_decode, tasks) for fault in faults]
    except BrokenProcessPool:
        raise Refused(
            "a process that decodes images was ended, by a lack of memory or by a damaged image"
        ) from None


def _tasks(request: Mapping[str, Any]) -> Iterator[_Task]:
    size, color = tuple(request["size"]), request["color"]
    for name, part in request["parts"].items():
        files = part["files"]
        for first in range(0, len(files), _AT_ONCE):
            some = files[first : first + _AT_ONCE]
            where = part["pixels"], part["offset"]
            yield _Task(name, first, some, *where, size, color, request["resize"], request["done"])


def _decode(task: _Task) -> list[Fault]:
    faults = []
    # Written, not mapped: memory that is mapped counts against the limit of the process.
    output, done = os.open(task.pixels, os.O_WRONLY), os.open(task.done, os.O_WRONLY | os.O_APPEND)
    try:
        for row, file in enumerate(task.files, task.first):
            try:
                pixels = resized(picture(file), task.size, task.color, task.resize).tobytes()
                _write(output, pixels, task.offset + row * len(pixels))
            except Unreadable as reason:
                faults.append((task.part, row, str(reason)))
            os.write(done, b"\0")
    finally:
        os.close(output)
        os.close(done)
    return faults


def _write(file: int, pixels: bytes, at: int) -> None:
    """Write all of it: the system may take less at a time."""
    written = 0
    while written < len(pixels):
        written += os.pwrite(file, pixels[written:], at + written)


def _main() -> None:
    try:
        faults = decode(json.load(sys.stdin))
    except Exception as error:
        if is_fault(error):
            raise
        complain(one_line(error))
        sys.exit(isolated.EXPLAINED)
    say(json.dumps(faults))


if __name__ == "__main__":
    _main()
