"""Decode images into an .npz file, in a process of its own.

`python -m runner.data.decode_images FILE` reads the list of images, as JSON, from standard input.
Keras' reader imports TensorFlow, which the process that plans a sweep must not.
"""

import json
import math
import os
import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runner.backend import keras, tf
from runner.data import image_header, npz
from runner.errors import Refused, is_fault, one_line
from runner.escaping.terminal import complain
from runner.files.regular_file import UnfitFile, open_regular
from runner.process import isolated

_BATCH = 256
# The largest cameras make 150 to 200 million.
_MOST_PIXELS = 250_000_000


def decode(request: Mapping[str, Any], path: Path) -> None:
    """Decode images and write them, with their labels, to the path.

    Args:
        request: `train` and `test`, lists of pairs of a file and its class; `classes`, the names
            of the classes; `size`, height and width to scale to; `color`, rgb or grayscale.
        path: file to write: uint8 images of shape (N, H, W, C), and integer labels.

    Raises:
        Refused: an image cannot be read, or is vast; the text names it.
    """
    arrays: dict[str, Any] = {"classes": np.array(request["classes"])}
    for part in ("train", "test"):
        files, labels = zip(*request[part], strict=True)
        for file in files:
            _require_moderate(file)
        arrays[f"x_{part}"] = _pixels(files, request["size"], request["color"])
        arrays[f"y_{part}"] = np.array(labels)
    npz.write(path, arrays)


def _require_moderate(file: str) -> None:
    """Require that an image has as many pixels as cameras make, by what it says."""
    try:
        with open_regular(file) as opened:
            size = image_header.size(opened)
    except UnfitFile as reason:
        raise Refused(f"{file} {reason}") from None
    except OSError as error:
        raise Refused(f"{file} cannot be read ({error.strerror})") from None
    if size is None:
        raise Refused(f"{file} is no readable image (must be BMP, GIF, JPEG or PNG)")
    if math.prod(size) > _MOST_PIXELS:
        raise Refused(
            f"{file} says that it has {size[0]} x {size[1]} pixels: must be at most "
            f"{_MOST_PIXELS:,} pixels"
        )


def _pixels(files: Sequence[str], size: Sequence[int], color: str) -> NDArray[np.uint8]:
    pixels = np.empty((len(files), *size, 3 if color == "rgb" else 1), np.uint8)
    decoded = 0
    with tempfile.TemporaryDirectory() as folder:
        # Keras' reader reads all files of a folder, hidden ones too, in the order of their names.
        for number, file in enumerate(files):
            Path(folder, f"{number:012}{Path(file).suffix}").symlink_to(file)
        # Always in colour: TensorFlow reads neither GIF nor BMP as grayscale.
        batches = keras.utils.image_dataset_from_directory(
            folder, labels=None, image_size=size, batch_size=_BATCH, shuffle=False
        )
        try:
            for batch in batches:
                images = batch if color == "rgb" else tf.image.rgb_to_grayscale(batch)
                pixels[decoded : decoded + len(images)] = np.rint(images)
                decoded += len(images)
        except tf.errors.OpError:
            _refuse_unreadable(files[decoded:])
            raise
    return pixels


def _refuse_unreadable(files: Sequence[str]) -> None:
    for file in files:
        try:
            content = tf.io.read_file(os.fsencode(file))
            tf.io.decode_image(content, channels=3, expand_animations=False)
        except tf.errors.OpError as error:
            # The rest of the text names a place in TensorFlow's code.
            reason = re.sub(r"{{.*?}}|\[Op:.*", "", error.message).strip()
            raise Refused(f"{file} is no readable image ({reason})") from None


if __name__ == "__main__":
    try:
        decode(json.load(sys.stdin), Path(sys.argv[1]))
    except Exception as error:
        if is_fault(error):
            raise
        complain(one_line(error))
        sys.exit(isolated.EXPLAINED)
