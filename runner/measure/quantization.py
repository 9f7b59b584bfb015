"""Convert images to the numbers that a TFLite file takes, and scores to classes."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray


def quantize_images(images: NDArray[np.float32], tensor: Mapping[str, Any]) -> NDArray[Any]:
    """Convert images to the type that an input tensor of a TFLite file takes.

    Args:
        images: float32, as the model takes them.
        tensor: details of the tensor, as LiteRT's interpreter gives them.

    Returns:
        Values of the same shape, quantized unless the tensor is float32.
    """
    if tensor["dtype"] is np.float32:
        return images
    scale, zero_point = tensor["quantization"]
    limits = np.iinfo(tensor["dtype"])
    steps = np.round(images / scale) + zero_point
    return np.asarray(steps.clip(limits.min, limits.max), dtype=tensor["dtype"])


def classes_of(scores: NDArray[Any], tensor: Mapping[str, Any], logits: bool) -> NDArray[np.int64]:
    """Find the class of the highest score; of one number, yes where it is above its middle.

    Args:
        scores: as the file gives them, shape (N, K) or (N, 1).
        tensor: details of the output, as LiteRT's interpreter gives them.
        logits: whether the file gives logits rather than probabilities.
    """
    if scores.shape[-1] > 1:
        # Dequantizing does not change the order of the scores: the largest is found without it.
        return np.asarray(scores.argmax(axis=-1))
    scale, zero_point = tensor["quantization"]
    values = (
        scores
        if tensor["dtype"] is np.float32
        else (scores.astype(np.float32) - zero_point) * scale
    )
    return (values[..., 0] > (0 if logits else 0.5)).astype(np.int64)
