"""A model and some training images go in; the file of the asked target comes out."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray

from runner.backend import save_h5, tf
from runner.export.frozen_model import Exportable
from runner.process.capture import stderr_to_log
from runner.settings.targets import Conversion, Target

Images = NDArray[np.float32]


def representative_images(images: Images, number: int, seed: int) -> Images:
    """Draw images without repeats, at most all of them: the same ones for the same seed."""
    drawn = np.random.default_rng(seed).permutation(len(images))[:number]
    return images[np.sort(drawn)]


def export(model: Exportable, target: Target, folder: Path, representative: Images) -> Path:
    """Write the target's file into the folder and return its path.

    Args:
        representative: float32 images in [0, 1], shape (N, H, W, C), that calibrate integer files.

    Raises:
        Exception: whatever the converter or the disk has against it; no file is left behind.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / target.file_name
    # Written aside, then renamed: a file under its final name is always complete.
    aside = folder / f".{os.getpid()}.{target.file_name}"
    try:
        if target.conversion:
            aside.write_bytes(_converted(model, target.conversion, representative))
        else:
            save_h5(model.model, str(aside))
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    return path


def _converted(model: Exportable, how: Conversion, representative: Images) -> bytes:
    def samples() -> Iterator[list[Images]]:
        return ([image[np.newaxis]] for image in representative)

    with stderr_to_log():
        converter = tf.lite.TFLiteConverter.from_saved_model(str(model.saved_model))
        converter.optimizations = [getattr(tf.lite.Optimize, name) for name in how.optimize]
        converter.target_spec.supported_types = [getattr(tf, name) for name in how.types]
        # A quantization-aware model has learnt the ranges that others are calibrated for.
        if how.calibrated and not model.aware:
            converter.representative_dataset = samples
        # Without calibration, the converter does not take this wish: the file is looked into.
        if how.operators and not model.aware:
            converter.target_spec.supported_ops = [getattr(tf.lite.OpsSet, how.operators)]
        converter.inference_input_type = getattr(tf, how.images)
        converter.inference_output_type = getattr(tf, how.images)
        content = bytes(converter.convert())
    if model.aware and how.calibrated:
        _require_integers(content)
    return content


def _require_integers(content: bytes) -> None:
    """Accept only files in which nothing is computed in float.

    Raises:
        ValueError: the converter has left some layers as they were.
    """
    graph = schema.Model.GetRootAs(content, 0).Subgraphs(0)
    tensors = [graph.Tensors(at) for at in range(graph.TensorsLength())]
    left = [each.Name().decode() for each in tensors if each.Type() == schema.TensorType.FLOAT32]
    if left:
        raise ValueError(
            f"the converter left {len(left)} tensors in float, the first one {left[0]}"
        )
