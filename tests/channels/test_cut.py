"""A model without some of its channels computes what it did with these set to zero."""

from typing import Any

import numpy as np
import pytest

from runner.backend import make_repeatable
from runner.channels import rules
from runner.channels.cut import cut
from runner.channels.graph import ChannelGraph
from runner.channels.selection import select
from runner.channels.step import Step
from runner.settings import ChannelsSettings
from tests.helpers.narrow_difference import TOLERANCE, difference, kept_channels
from tests.helpers.narrow_zoo import ZOO, build

IMAGES = np.random.default_rng(1).random((4, 8, 8, 2), np.float32)
# Of these, layers stay whole.
WHOLE = {
    "mixed_by_a_norm": {"before"},
    "dropped_by_number": {"before"},
    "mixed_by_softmax": {"before", "scores"},
    "mixed_by_groups": {"before"},
    "mixed_by_own_function": {"before"},
}


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    make_repeatable(0, 1)


@pytest.mark.parametrize("share", [0.3, 0.6])
@pytest.mark.parametrize("name", ZOO)
def test_the_cut_model_equals_the_masked_one(name: str, share: float) -> None:
    assert difference(build(name), IMAGES, share) <= TOLERANCE


@pytest.mark.parametrize("name", WHOLE)
def test_what_mixes_channels_keeps_those_that_it_takes(name: str) -> None:
    graph = ChannelGraph.of(build(name))
    selection = select(graph, ChannelsSettings(share=0.5, multiple=1))
    whole = {layer for layer, kept in kept_channels(graph, selection).items() if kept.all()}
    assert whole - {"output"} == WHOLE[name]


def test_a_cut_of_filters_alone_is_found_out() -> None:
    """The mutant that forgets biases: they leak into what reads the channel."""
    model = build("flatten_after_pooling")
    graph = ChannelGraph.of(model)
    selection = select(graph, ChannelsSettings(share=0.5, multiple=1))
    filters = graph.holdings.filters
    for layer in model.layers:
        if layer.name in filters:
            kernel = np.moveaxis(layer.kernel.numpy(), filters[layer.name].axis, -1)
            layer.kernel.assign(kernel * selection.stays(filters[layer.name].channels))
    found, expected = np.asarray(cut(model, graph, selection)(IMAGES)), np.asarray(model(IMAGES))
    assert np.abs(found - expected).max() / np.abs(expected).max() > TOLERANCE


def test_a_flatten_in_the_wrong_order_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant that takes each channel's places for neighbours, as channels_first has them."""

    def repeated(step: Step) -> Any:
        return np.repeat(step.taken[0], step.node.outputs.shape[-1] // len(step.taken[0]))

    monkeypatch.setitem(rules.RULES, "Flatten", repeated)
    assert difference(build("flatten_after_pooling"), IMAGES, 0.5) > TOLERANCE


def test_the_order_of_channels_stays() -> None:
    model = build("flatten_after_pooling")
    graph = ChannelGraph.of(model)
    selection = select(graph, ChannelsSettings(share=0.5, multiple=1))
    narrow = cut(model, graph, selection)
    kept = (
        selection.stays(graph.holdings.filters["conv2d"].channels)
        if "conv2d" in graph.holdings.filters
        else None
    )
    first = next(layer for layer in model.layers if layer.name.startswith("conv2d"))
    kept = selection.stays(graph.holdings.filters[first.name].channels)
    expected = first.kernel.numpy()[..., kept]
    assert np.array_equal(narrow.get_layer(first.name).kernel.numpy(), expected)
    norms = np.square(first.kernel.numpy()).sum(axis=(0, 1, 2))
    assert norms[kept].min() > norms[~kept].max()
