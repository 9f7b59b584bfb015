"""Run a TFLite file over images by LiteRT alone."""

from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter


def by_litert(path: Path, images: np.ndarray) -> np.ndarray:
    """Run a file over the images with nothing between, as many at a time as it was made for."""
    interpreter = Interpreter(str(path))
    interpreter.allocate_tensors()
    (taken,), (given,) = interpreter.get_input_details(), interpreter.get_output_details()
    size = taken["shape"][0]
    rows = []
    for start in range(0, len(images), size):
        batch = images[start : start + size]
        # What fills the last batch up does not count.
        filled = np.concatenate(
            [batch, np.zeros((size - len(batch), *batch.shape[1:]), np.float32)]
        )
        interpreter.set_tensor(taken["index"], _quantized(filled, taken))
        interpreter.invoke()
        rows.append(_floats(interpreter.get_tensor(given["index"]), given)[: len(batch)])
    return np.concatenate(rows)


def _quantized(images: np.ndarray, tensor: dict[str, Any]) -> np.ndarray:
    if tensor["dtype"] is np.float32:
        return images
    scale, zero = tensor["quantization"]
    limits = np.iinfo(tensor["dtype"])
    steps = np.clip(np.round(images / scale) + zero, limits.min, limits.max)
    return np.asarray(steps, tensor["dtype"])


def _floats(scores: np.ndarray, tensor: dict[str, Any]) -> np.ndarray:
    if tensor["dtype"] is np.float32:
        return scores
    scale, zero = tensor["quantization"]
    return np.asarray((scores.astype(np.float32) - zero) * scale, np.float32)
