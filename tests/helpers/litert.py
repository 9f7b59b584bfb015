"""Run a TFLite file over images by LiteRT alone."""

from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter


def by_litert(path: Path, images: np.ndarray) -> np.ndarray:
    """Run a file over the images with nothing between."""
    interpreter = Interpreter(str(path))
    (taken,), (given,) = interpreter.get_input_details(), interpreter.get_output_details()
    interpreter.resize_tensor_input(taken["index"], images.shape)
    interpreter.allocate_tensors()
    if taken["dtype"] is np.int8:
        scale, zero = taken["quantization"]
        images = np.clip(np.round(images / scale) + zero, -128, 127).astype(np.int8)
    interpreter.set_tensor(taken["index"], images)
    interpreter.invoke()
    scores = interpreter.get_tensor(given["index"])
    if given["dtype"] is np.int8:
        scale, zero = given["quantization"]
        scores = (scores.astype(np.float32) - zero) * scale
    return np.asarray(scores, np.float32)
