"""A model and some training images go in; the file of the asked target comes out."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runner.backend import save_h5, tf
from runner.chatter import hushed
from runner.frozen import Exportable
from runner.targets import Target

Images = NDArray[np.float32]

Writer = Callable[[Exportable, Path, Images], None]


def representative_images(images: Images, number: int, seed: int) -> Images:
    """Draw images without repeats, at most all of them: the same ones for the same seed."""
    drawn = np.random.default_rng(seed).permutation(len(images))[:number]
    return images[np.sort(drawn)]


def export(model: Exportable, target: Target, folder: Path, representative: Images) -> Path:
    """Write the target's file into the folder and return its path.

    Args:
        representative: float32 images in [0, 1], shape (N, H, W, C), that calibrate int8.

    Raises:
        Exception: whatever the converter or the disk has against it; no file is left behind.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / target.file_name
    # Written aside, then renamed: a file under its final name is always complete.
    aside = folder / f".{os.getpid()}.{target.file_name}"
    try:
        WRITERS[target](model, aside, representative)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    return path


def _write_h5(model: Exportable, path: Path, _: Images) -> None:
    save_h5(model.model, str(path))


def _float32(_: Any, __: Images) -> None:
    return None


def _float16(converter: Any, _: Images) -> None:
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16]


def _dynamic(converter: Any, _: Images) -> None:
    converter.optimizations = [tf.lite.Optimize.DEFAULT]


def _int8(converter: Any, representative: Images) -> None:
    def samples() -> Iterator[list[Images]]:
        return ([image[np.newaxis]] for image in representative)

    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = samples
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = tf.int8
    converter.inference_output_type = tf.int8


def _tflite(configure: Callable[[Any, Images], None]) -> Writer:
    """Make a writer of TFLite files from what is particular to one precision."""

    def write(model: Exportable, path: Path, representative: Images) -> None:
        with hushed():
            converter = tf.lite.TFLiteConverter.from_saved_model(str(model.saved_model))
            configure(converter, representative)
            path.write_bytes(converter.convert())

    return write


# One entry a target: the only place that knows how its file is made.
WRITERS: dict[Target, Writer] = {
    Target.H5: _write_h5,
    Target.TFLITE_FLOAT32: _tflite(_float32),
    Target.TFLITE_FLOAT16: _tflite(_float16),
    Target.TFLITE_DYNAMIC: _tflite(_dynamic),
    Target.TFLITE_INT8: _tflite(_int8),
}
