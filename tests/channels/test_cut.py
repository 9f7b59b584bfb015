"""A model without some of its channels computes what it did with these set to zero."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runner.backend import keras, make_repeatable
from runner.channels import rules
from runner.channels.cut import cut
from runner.channels.graph import ChannelGraph
from runner.channels.selection import select
from runner.channels.step import Step
from runner.settings import ChannelsSettings
from tests.helpers import narrow_zoo
from tests.helpers.narrow_difference import TOLERANCE, difference, whole_layers
from tests.helpers.narrow_zoo import ZOO, build

IMAGES = np.random.default_rng(1).random((4, 8, 8, 2), np.float32)
# Of these, layers stay whole.
WHOLE = {
    "mixed_by_a_norm": {"before"},
    "dropped_by_number": {"before"},
    "mixed_by_numbers": {"before"},
    "mixed_by_renorm": {"before"},
    "mixed_by_softmax": {"before", "scores"},
    "mixed_by_groups": {"before"},
    "mixed_by_own_function": {"before"},
}


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    make_repeatable(0, 1)


@pytest.mark.parametrize("name", ZOO)
def test_the_cut_model_equals_the_masked_one(name: str) -> None:
    model = build(name)
    assert whole_layers(model, 0.4) == {"output", *WHOLE.get(name, set())}
    assert difference(model, IMAGES, 0.4) <= TOLERANCE


@pytest.mark.long
@pytest.mark.parametrize("share", [0.25, 0.75])
@pytest.mark.parametrize("name", ZOO)
def test_it_does_at_other_shares(name: str, share: float) -> None:
    assert difference(build(name, seed=1), IMAGES, share) <= TOLERANCE


def test_the_zoo_has_every_kind_of_layer() -> None:
    source = Path(narrow_zoo.__file__).read_text(encoding="utf-8")
    named = {*re.findall(r"L\.(\w+)\(", source), "TFOpLambda"}
    assert rules.RULES.keys() - named == set()


def test_a_mask_of_filters_alone_is_found_out() -> None:
    """The mutant that forgets what follows the filters: biases and normalization leak."""

    def filters_alone(model: keras.Model, kept: Mapping[str, np.ndarray], images: Any) -> Any:
        for layer in model.layers:
            if layer.name in kept:
                layer.kernel.assign(layer.kernel.numpy() * kept[layer.name])
        return np.asarray(model(images))

    for name in ("flatten_after_pooling", "residual"):
        assert difference(build(name), IMAGES, 0.5, filters_alone) > TOLERANCE


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
