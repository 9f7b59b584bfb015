"""Write the file of a target that is encoded from another file."""

import logging
import os
import tempfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from runner.data.images import AnyImages
from runner.device.file_by_file import FAILED, ask
from runner.errors import StepFailed
from runner.settings.targets import Encoding, Target

log = logging.getLogger(__name__)

# The package that encodes files, as it is installed and imported.
PACKAGE, _MODULE = "tflite-micro", "tflite_micro"
# That a file may take.
_SECONDS = 300.0
# So many that the files give different answers to, and so few that they are written in no time.
_IMAGES = 200


class NotEncoded(StepFailed):
    """A file cannot be encoded, or TFLite Micro does not compute the same with it."""


def can_encode() -> bool:
    """Tell whether the package that encodes files is installed."""
    return find_spec(_MODULE) is not None


def encoded_file(
    source: Path, target: Target, folder: Path, images: AnyImages | None = None
) -> Path:
    """Write the target's file into the folder and return its path.

    TFLite Micro has then computed the same with it as with its source, bit for bit. Where no weight
    takes fewer bytes encoded, or TFLite Micro does not run the source anyway, it has the bytes of
    its source.

    Args:
        source: the file that it is encoded from.
        images: float32, shape (N, ...), as the files take them; random inputs are run anyway.

    Raises:
        NotEncoded: it cannot be; no incomplete file remains.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / target.file_name
    temporary = folder / f".{os.getpid()}.{target.file_name}"
    try:
        why = _ask(source, target.encoding, temporary, images)
        # Once it is encoded, either of the two may be what TFLite Micro does not run.
        refusal = _ask(source, None, temporary) if why and temporary.exists() else None
        if refusal:
            log.warning(
                "%s has the bytes of its source, which TFLite Micro does not run: %s",
                target,
                refusal,
            )
        elif why:
            raise NotEncoded(why)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path


def _ask(
    source: Path, encoding: Encoding | None, path: Path, images: AnyImages | None = None
) -> str | None:
    """Encode in a process of its own; returns why that failed.

    Args:
        encoding: None to copy a file, and run it.
    """
    with tempfile.TemporaryDirectory() as folder:
        drawn = Path(folder) / "images.npy"
        if images is not None:
            np.save(drawn, images[:_IMAGES])
        question = {
            "source": str(source),
            "encoding": encoding,
            "path": str(path),
            "images": None if images is None else str(drawn),
        }
        answers = ask("runner.export.tflm.encoding_process", {source.name: question}, _SECONDS)
    answer = answers[source.name]
    return answer.get("why") or answer.get(FAILED)
