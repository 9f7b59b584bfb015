"""Compare a model without some of its channels with the same model and these set to zero."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from runner.backend import keras
from runner.channels.cut import cut
from runner.channels.graph import ChannelGraph
from runner.channels.selection import Selection, select
from runner.settings import ChannelsSettings
from tests.helpers.masked_model import masked_outputs

# What float32 makes of another order of additions.
TOLERANCE = 1e-5


# What sets channels to zero, as `masked_outputs` does.
Mask = Callable[[keras.Model, Mapping[str, np.ndarray], Any], np.ndarray]


def difference(model: keras.Model, images: Any, share: float, mask: Mask = masked_outputs) -> float:
    """Return the largest difference of what they give, relative to the largest of it."""
    graph = ChannelGraph.of(model)
    selection = select(graph, ChannelsSettings(share=share, multiple=1))
    found = np.asarray(cut(model, graph, selection)(images))
    expected = mask(model, kept_channels(graph, selection), images)
    return float(np.abs(found - expected).max() / np.abs(expected).max())


def whole_layers(model: keras.Model, share: float) -> set[str]:
    """Name the layers that keep all of their channels, but for those that have one."""
    graph = ChannelGraph.of(model)
    kept = kept_channels(graph, select(graph, ChannelsSettings(share=share, multiple=1)))
    return {layer for layer, stays in kept.items() if stays.all() and len(stays) > 1}


def kept_channels(graph: ChannelGraph, selection: Selection) -> dict[str, np.ndarray]:
    """Tell for each layer that makes channels which of them stay."""
    filters = graph.holdings.filters
    return {name: selection.stays(each.channels) for name, each in filters.items()}
