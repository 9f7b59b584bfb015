"""Build a model of the channels that stay."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from runner.backend import keras
from runner.channels.graph import ChannelGraph
from runner.channels.labels import Channels
from runner.channels.selection import Selection
from runner.models.clone import replace_layers

# By kind of layer: the setting of Keras that says how many channels it makes.
_SIZES = {"Dense": "units"}


def cut(
    model: keras.Model, graph: ChannelGraph, selection: Selection, fresh: bool = False
) -> keras.Model:
    """Build a model with fewer channels, which stand in the same order; the given one stays.

    Args:
        graph: the channels of the model.
        fresh: whether weights that are trained begin anew, instead of going on as they are.
    """

    def replacement(layer: keras.layers.Layer) -> keras.layers.Layer:
        return type(layer).from_config(_config(layer, graph, selection))

    narrow = replace_layers(model, replacement)
    for layer in model.layers:
        copy = narrow.get_layer(layer.name)
        for old, new in zip(layer.weights, copy.weights, strict=True):
            if not (fresh and layer.trainable and _is_learned(layer)):
                new.assign(_part(old.numpy(), graph.holdings.axes.get(old.ref(), {}), selection))
    return narrow


def _config(layer: Any, graph: ChannelGraph, selection: Selection) -> dict[str, Any]:
    config: dict[str, Any] = layer.get_config()
    kind, filters = type(layer).__name__, graph.holdings.filters.get(layer.name)
    if filters is not None:
        config[_SIZES.get(kind, "filters")] = int(selection.stays(filters.channels).sum())
    elif kind == "Reshape" and layer.name in graph.given:
        kept = int(selection.stays(graph.given[layer.name]).sum())
        config["target_shape"] = (*config["target_shape"][:-1], kept)
    return config


def _is_learned(layer: Any) -> bool:
    """Tell whether training gives a layer its weights, rather than `adapt`."""
    # Without scale and center, batch normalization has nothing but averages, of its own training.
    return bool(layer.trainable_weights) or type(layer).__name__ == "BatchNormalization"


def _part(values: np.ndarray, axes: Mapping[int, Channels], selection: Selection) -> np.ndarray:
    for axis, channels in axes.items():
        values = np.compress(selection.stays(channels), values, axis=axis)
    return values
