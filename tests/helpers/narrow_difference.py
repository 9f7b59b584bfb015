"""Compare a model without some of its channels with the same model and these set to zero."""

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


def difference(model: keras.Model, images: Any, share: float) -> float:
    """Return the largest difference of what they give, relative to the largest of it."""
    graph = ChannelGraph.of(model)
    selection = select(graph, ChannelsSettings(share=share, multiple=1))
    narrow = cut(model, graph, selection)
    assert narrow.count_params() < model.count_params()
    found = np.asarray(narrow(images))
    expected = masked_outputs(model, kept_channels(graph, selection), images)
    return float(np.abs(found - expected).max() / np.abs(expected).max())


def kept_channels(graph: ChannelGraph, selection: Selection) -> dict[str, np.ndarray]:
    """Tell for each layer that makes channels which of them stay."""
    filters = graph.holdings.filters
    return {name: selection.stays(each.channels) for name, each in filters.items()}
