"""Have the images of a folder decoded in a process of its own, with limits on memory and time."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runner.errors import Refused
from runner.process import isolated
from runner.process.memory import total_bytes

# Decoding may take this share of the machine's memory, and so many seconds, and one an image.
_SHARE, _SECONDS = 0.9, 30 * 60
# Decoding needs none, and must not take memory from processes that compute on one.
_NO_GPU = {"CUDA_VISIBLE_DEVICES": "-1"}


def decode(request: Mapping[str, Any], root: Path, path: Path) -> None:
    """Decode images into an .npz file.

    Args:
        request: the images and how they are decoded, as `decode_images.decode` takes it.
        root: the folder that the user has named.
        path: the file to write.

    Raises:
        Refused: an image cannot be read, or all together take too much.
    """
    images = len(request["train"]) + len(request["test"])
    limits = isolated.Limits(int(_SHARE * total_bytes()), _SECONDS + images)
    try:
        process = isolated.run(
            "runner.data.decode_images",
            str(path),
            stdin=json.dumps(request),
            environment=_NO_GPU,
            limits=limits,
        )
        reason = _failure(process)
        if isolated.lacks_memory(reason):
            raise isolated.too_much_memory(limits)
    except isolated.Exhausted as exhausted:
        reason = f"decoding the images {exhausted}; take fewer images, or smaller ones"
    if reason:
        raise Refused(f"dataset.path={root}: {reason}")


def _failure(process: "subprocess.CompletedProcess[str]") -> str:
    """Say why decoding has failed; an empty text where it has not."""
    isolated.require_no_fault(process)
    if process.returncode == 0:
        return ""
    lines = process.stderr.strip().splitlines()
    return lines[-1] if lines else f"decoding ended with {process.returncode}"
