"""Have the images of a folder decoded in processes of their own, with limits on memory and time."""

import json
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from runner.data.image_folder.progress_bar import progress_bar
from runner.errors import Refused
from runner.process import isolated
from runner.process.memory import total_bytes
from runner.settings import DatasetSettings

# Decoding may take this share of the machine's memory, and so many seconds, and one an image.
_SHARE, _SECONDS = 0.9, 30 * 60

# By part, the reason for each row that holds no image.
Faults = dict[str, dict[int, str]]


def decode(settings: DatasetSettings, files: Mapping[str, Sequence[str]], folder: Path) -> Faults:
    """Decode the images of each part into `x_PART.npy`, uint8 of shape (N, H, W, C).

    Args:
        settings: how they are decoded.
        files: the images of each part.
        folder: where the arrays are written.

    Returns:
        What cannot be read; its row in the array means nothing.

    Raises:
        Refused: all together take too much.
    """
    shape = image_shape(settings)
    images = sum(map(len, files.values()))
    with tempfile.NamedTemporaryFile() as done:
        request = {
            "parts": {
                part: {
                    "files": files[part],
                    "pixels": str(folder / f"x_{part}.npy"),
                    "offset": _allocate(folder / f"x_{part}.npy", (len(files[part]), *shape)),
                }
                for part in files
            },
            "size": settings.image_size,
            "color": settings.color,
            "resize": settings.resize,
            "done": done.name,
        }
        with progress_bar(Path(done.name), images):
            found = _run(request, f"dataset.path={settings.path}", images)
    faults: Faults = {part: {} for part in files}
    for part, row, reason in found:
        faults[part][row] = reason
    return faults


def image_shape(settings: DatasetSettings) -> tuple[int, int, int]:
    """Return height, width and channels of a decoded image."""
    height, width = settings.image_size or (0, 0)
    return height, width, 3 if settings.color == "rgb" else 1


def _allocate(path: Path, shape: tuple[int, ...]) -> int:
    """Write the head of an array of pixels, and make room for them; returns where they begin."""
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, _header(shape))
        start = file.tell()
        file.truncate(start + int(np.prod(shape)))
    return start


def _header(shape: tuple[int, ...]) -> dict[str, Any]:
    return {"descr": "|u1", "fortran_order": False, "shape": shape}


def _run(request: Mapping[str, Any], subject: str, images: int) -> list[tuple[str, int, str]]:
    limits = isolated.Limits(int(_SHARE * total_bytes()), _SECONDS + images)
    module = "runner.data.image_folder.decode"
    try:
        process = isolated.run(module, stdin=json.dumps(request), limits=limits)
        reason = _failure(process)
        if isolated.lacks_memory(reason):
            raise isolated.too_much_memory(limits)
    except isolated.Exhausted as exhausted:
        reason = f"decoding the images {exhausted}; take fewer images, or smaller ones"
    if reason:
        raise Refused(f"{subject}: {reason}")
    found: list[tuple[str, int, str]] = json.loads(process.stdout)
    return found


def _failure(process: "subprocess.CompletedProcess[str]") -> str:
    """Say why decoding has failed; an empty text where it has not."""
    isolated.require_no_fault(process)
    if process.returncode == 0:
        return ""
    lines = process.stderr.strip().splitlines()
    return lines[-1] if lines else f"decoding ended with {process.returncode}"
