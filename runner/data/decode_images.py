"""A list of images, as JSON on standard input, goes in; an .npz file with them decoded comes out.

It runs as a process of its own (`python -m runner.data.decode_images FILE`), because Keras' reader
imports TensorFlow and the process that asks must not.
"""

import json
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
from runner.errors import Refused, one_line

_BATCH = 256


def decode(asked: Mapping[str, Any], path: Path) -> None:
    """Decode images and write them, with their labels, to the path.

    Args:
        asked: `train` and `test`, lists of a file and its class each; `classes`, their names;
            `size`, height and width to scale to; `color`, rgb or grayscale.

    Raises:
        Refused: an image cannot be read; the text names it.
    """
    arrays: dict[str, Any] = {"classes": np.array(asked["classes"])}
    for part in ("train", "test"):
        files, labels = zip(*asked[part], strict=True)
        arrays[f"x_{part}"] = _pixels(files, asked["size"], asked["color"])
        arrays[f"y_{part}"] = np.array(labels)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with aside.open("wb") as file:
            np.savez(file, **arrays)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def _pixels(files: Sequence[str], size: Sequence[int], color: str) -> NDArray[np.uint8]:
    pixels = np.empty((len(files), *size, 3 if color == "rgb" else 1), np.uint8)
    done = 0
    with tempfile.TemporaryDirectory() as folder:
        # Keras' reader takes all that is in a folder, hidden files too, in the order of the names.
        for at, file in enumerate(files):
            Path(folder, f"{at:012}{Path(file).suffix}").symlink_to(file)
        # In colour, always: TensorFlow reads neither GIF nor BMP as grayscale.
        batches = keras.utils.image_dataset_from_directory(
            folder, labels=None, image_size=size, batch_size=_BATCH, shuffle=False
        )
        try:
            for batch in batches:
                seen = batch if color == "rgb" else tf.image.rgb_to_grayscale(batch)
                pixels[done : done + len(seen)] = np.rint(seen)
                done += len(seen)
        except tf.errors.OpError:
            _refuse_the_unreadable(files[done:])
            raise
    return pixels


def _refuse_the_unreadable(files: Sequence[str]) -> None:
    for file in files:
        try:
            content = tf.io.read_file(os.fsencode(file))
            tf.io.decode_image(content, channels=3, expand_animations=False)
        except tf.errors.OpError as error:
            # The rest of its text says where in TensorFlow that was.
            reason = re.sub(r"{{.*?}}|\[Op:.*", "", error.message).strip()
            raise Refused(f"{file} is no readable image ({reason})") from None


if __name__ == "__main__":
    try:
        decode(json.load(sys.stdin), Path(sys.argv[1]))
    except Exception as error:
        sys.exit(one_line(error))
