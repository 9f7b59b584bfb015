"""Compute what a model gives once some of its channels are zero wherever they go.

It is told which channels each layer makes, and nothing of what the runner finds out about them: the
zeros are followed through the real shapes of the tensors.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from runner.backend import keras, tf
from runner.models.flatten import nodes

_MERGES = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "TFOpLambda")
_PASSING = (
    "Activation", "ActivityRegularization", "AlphaDropout", "AveragePooling", "BatchNormalization",
    "CenterCrop", "Cropping", "Depthwise", "Dropout", "ELU", "Gaussian", "GlobalAverage",
    "GlobalMax", "Identity", "LeakyReLU", "MaxPooling", "PReLU", "Permute", "ReLU", "RepeatVector",
    "Rescaling", "Resizing", "SpatialDropout", "ThresholdedReLU", "UpSampling", "ZeroPadding",
)  # fmt: skip


def masked_outputs(model: keras.Model, kept: Mapping[str, np.ndarray], images: Any) -> np.ndarray:
    """Run a model layer by layer, and set channels to zero after each.

    Args:
        kept: for each layer that makes channels, by its name, which of them are not zero; bool.
    """
    values = {id(model.inputs[0]): tf.constant(images)}
    masks = {id(model.inputs[0]): tf.ones_like(images)}
    for node in nodes(model):

        def there(tensor: Any) -> Any:
            return values.get(id(tensor), tensor)

        args, kwargs = tf.nest.map_structure(there, (node.call_args, node.call_kwargs))
        value = node.layer(*args, **kwargs)
        mask = _mask(node.layer, [masks[id(each)] for each in node.keras_inputs], value, kept)
        values[id(node.outputs)], masks[id(node.outputs)] = value * mask, mask
    return np.asarray(values[id(model.outputs[0])])


def _mask(layer: Any, taken: Sequence[Any], value: Any, kept: Mapping[str, np.ndarray]) -> Any:
    """Return ones and zeros in the shape of a value."""
    kind, everything = type(layer).__name__, tf.ones_like(value)
    if layer.name in kept:
        return everything * kept[layer.name].astype(np.float32)
    if kind in ("Flatten", "Reshape"):
        return tf.reshape(taken[0], value.shape)
    if kind == "Concatenate":
        return tf.concat(taken, layer.axis)
    channels = [np.asarray(mask).reshape(-1, mask.shape[-1]) for mask in taken]
    assert all((each == each[0]).all() for each in channels), f"{layer.name}: no whole channels"
    widest = max(each.shape[-1] for each in channels)
    first, *others = [each[0] for each in channels if each.shape[-1] == widest]
    if kind in _MERGES:
        assert all((other == first).all() for other in others), f"{layer.name}: not the same"
    elif not kind.startswith(_PASSING) or layer.name.startswith("mixing"):
        assert first.all(), f"{layer.name} mixes channels, and takes some that are zero"
        return everything
    return everything * np.repeat(first, value.shape[-1] // widest).astype(np.float32)
