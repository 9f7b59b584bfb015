"""Convert a model into the file of one target."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray

from runner.backend import save_h5, tf
from runner.data.images import AnyImages
from runner.export.few_bits import quantize
from runner.export.frozen_model import Exportable
from runner.process.capture import stderr_to_log
from runner.settings.targets import Conversion, Target

Images = NDArray[np.float32]


def representative_images(images: AnyImages, number: int, seed: int) -> Images:
    """Draw images without repetition; the same seed gives the same images.

    Args:
        images: shape (N, ...).
        number: how many to draw; all images if there are fewer.
        seed: for the random numbers.

    Returns:
        The images in their order, shape (min(number, N), ...).
    """
    indices = np.random.default_rng(seed).permutation(len(images))[:number]
    return images[np.sort(indices)]


def export(model: Exportable, target: Target, folder: Path, representative: Images) -> Path:
    """Write the target's file into the folder and return its path.

    Args:
        representative: float32 images, shape (N, ...) in the shape that the model takes;
            integer files are calibrated with them.

    Raises:
        Exception: of any kind, from the converter or the disk; no incomplete file remains.
    """
    if target.conversion and target.conversion.calibrated and not model.aware and model.loops:
        # It would end the process.
        raise ValueError("the converter cannot calibrate recurrent layers, unless they unroll=True")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / target.file_name
    # Renamed when it is complete: a file under its final name is always whole.
    temporary = folder / f".{os.getpid()}.{target.file_name}"
    try:
        if target.conversion and target.conversion.weight_bits:
            whole = _convert(model, Conversion(), representative)
            temporary.write_bytes(quantize(whole, target.conversion, representative))
        elif target.conversion:
            temporary.write_bytes(_convert(model, target.conversion, representative))
        else:
            save_h5(model.model, str(temporary))
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path


def _convert(model: Exportable, conversion: Conversion, representative: Images) -> bytes:
    def samples() -> Iterator[list[Images]]:
        size = model.batch or 1
        places = (range(start, start + size) for start in range(0, len(representative), size))
        return ([representative.take(each, axis=0, mode="wrap")] for each in places)

    with stderr_to_log():
        converter = tf.lite.TFLiteConverter.from_saved_model(str(model.saved_model))
        converter.optimizations = [getattr(tf.lite.Optimize, name) for name in conversion.optimize]
        converter.target_spec.supported_types = [getattr(tf, name) for name in conversion.types]
        # A quantization-aware model has learned the ranges that others are calibrated for.
        if conversion.calibrated and not model.aware:
            converter.representative_dataset = samples
        # The converter accepts this only with calibration; other files are checked below.
        if conversion.operators and not model.aware:
            converter.target_spec.supported_ops = [getattr(tf.lite.OpsSet, conversion.operators)]
        converter.inference_input_type = getattr(tf, conversion.images)
        converter.inference_output_type = getattr(tf, conversion.images)
        content = bytes(converter.convert())
    if model.aware and conversion.calibrated:
        _require_integers(content)
    return content


def _require_integers(content: bytes) -> None:
    """Check that a TFLite file computes nothing in float.

    Raises:
        ValueError: the converter did not quantize some layers.
    """
    graph = schema.Model.GetRootAs(content, 0).Subgraphs(0)
    tensors = [graph.Tensors(index) for index in range(graph.TensorsLength())]
    floats = [tensor for tensor in tensors if tensor.Type() == schema.TensorType.FLOAT32]
    if floats:
        name = floats[0].Name().decode()
        raise ValueError(f"the converter left {len(floats)} tensors in float, the first one {name}")
