"""Recognize the layers by which a model prepares its images itself."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from runner.backend import keras
from runner.settings.dataset import ScaleName

# Layers that change images while a model is trained, and never when it is used.
_AUGMENTATION = {
    *("RandomFlip", "RandomRotation", "RandomTranslation", "RandomZoom", "RandomContrast"),
    *("RandomBrightness", "RandomWidth", "RandomHeight"),
}
# Layers that move pixels, but leave the range of their numbers as it is.
_MOVING = {
    *("InputLayer", "Resizing", "CenterCrop", "RandomCrop", "Cropping2D", "ZeroPadding2D"),
    *("Reshape", "Permute", "Flatten"),
}
_SCALING = {"Rescaling", "Normalization", "Resizing", "CenterCrop", "RandomCrop"}
# Of an affine map that turns pixels from 0 to 255, rather than to 1, into small numbers.
_SMALL_FACTOR = 0.03
_LARGE_FACTOR = 0.3
# What no pixel from 0 to 1 comes near.
_BRIGHT = 2


def is_augmentation(layer: Any) -> bool:
    """Tell whether a layer of Keras changes images only while a model is trained."""
    return type(layer).__module__.startswith("tf_keras.") and type(layer).__name__ in _AUGMENTATION


def is_preprocessing(layer: Any) -> bool:
    """Tell whether a layer of Keras prepares images, and learns nothing in training."""
    own = type(layer).__module__.startswith("tf_keras.")
    return own and (is_augmentation(layer) or type(layer).__name__ in _SCALING)


def expected_scale(model: keras.Model) -> tuple[ScaleName, str] | None:
    """Tell which range of pixels a model expects that scales them itself.

    Args:
        model: without models inside it.

    Returns:
        The range and the name of the layer that tells it; None where the first layer that computes
        something is no Rescaling or Normalization, or tells no usual range.
    """
    for layer in _from_input(model):
        kind = type(layer).__name__
        if kind in _MOVING or is_augmentation(layer):
            continue
        scale = _range(*_affine(layer, kind))
        return None if scale is None else (scale, layer.name)
    return None


def _from_input(model: keras.Model) -> Iterator[Any]:
    """Yield the layers from the input on, as far as there is one path only."""
    nodes = list(model.inputs[0]._keras_history.layer._outbound_nodes)
    seen = {id(layer) for layer in model.layers}
    while nodes:
        layers = {id(node.layer): node.layer for node in nodes if id(node.layer) in seen}
        if len(layers) != 1:
            return
        (layer,) = layers.values()
        yield layer
        nodes = list(layer._outbound_nodes)


def _affine(layer: Any, kind: str) -> tuple[float, float]:
    """Return by what a layer multiplies, and what it maps to 0; NaN for one that does not scale."""
    if kind == "Rescaling":
        factors, offsets = (np.asarray(part, np.float64) for part in (layer.scale, layer.offset))
        return float(np.median(factors)), float(np.median(-offsets / factors))
    if kind == "Normalization" and not layer.invert:
        mean, variance = (np.asarray(part, np.float64) for part in (layer.mean, layer.variance))
        # Of pixels that are always black the variance is 0.
        deviation = np.median(np.sqrt(variance))
        return float(1 / max(deviation, keras.backend.epsilon())), float(np.median(mean))
    return math.nan, math.nan


def _range(factor: float, center: float) -> ScaleName | None:
    """Tell which usual range is brought around 0 by this factor, from this center."""
    if 0 < abs(factor) <= _SMALL_FACTOR or center > _BRIGHT:
        return "0..255"
    if not abs(factor) >= _LARGE_FACTOR:
        return None
    # -1, the darkest of that range, becomes black.
    return "-1..1" if math.isclose(center, -1, rel_tol=0.01) else "0..1"
