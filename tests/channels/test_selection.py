"""Which channels stay: how many of each layer, and by which criterion."""

import numpy as np
import pytest

from runner.backend import keras, make_repeatable
from runner.channels.dry_run import removed_on_trial
from runner.channels.graph import ChannelGraph
from runner.channels.layer_counts import channels_csv, count_channels, share_kept
from runner.channels.selection import kept_number, select
from runner.errors import ImpossiblePoint
from runner.settings import ChannelsSettings
from tests.helpers.narrow_difference import kept_channels
from tests.helpers.narrow_zoo import build

L = keras.layers


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    make_repeatable(1, 1)


@pytest.mark.parametrize(
    ("size", "share", "multiple", "kept"),
    [
        (16, 0.5, 1, 8),
        (20, 0.35, 1, 13),
        (50, 0.5, 4, 24),
        (12, 0.25, 4, 8),
        (12, 0.1, 4, 12),
        (16, 0.9, 4, 4),
        (3, 0.9, 4, 3),
        (4, 0.9, 4, 4),
        (7, 0.99, 1, 1),
        (10, 0.1, 8, 8),
        (12, 0.0, 8, 12),
    ],
)
def test_layers_keep_a_multiple(size: int, share: float, multiple: int, kept: int) -> None:
    assert kept_number(size, share, multiple) == kept


def _counts(name: str, **settings: object) -> dict[str, tuple[int, int]]:
    model = build(name)
    graph = ChannelGraph.of(model)
    selection = select(graph, ChannelsSettings.model_validate({"multiple": 1, **settings}))
    return {
        count.kind + str(number): (count.channels, count.kept)
        for number, count in enumerate(count_channels(model, graph, selection))
    }


def test_layers_have_shares_of_their_own() -> None:
    shares = {"conv2d": 0.75, "conv2d_1": 0.25}
    model = keras.Sequential(
        [
            L.Input((12, 12, 1)),
            L.Conv2D(8, 3, name="conv2d"),
            L.Conv2D(8, 3, name="conv2d_1"),
            L.Conv2D(8, 3, name="conv2d_2"),
            L.Conv2D(8, 3, name="conv2d_3"),
            L.GlobalAveragePooling2D(),
        ]
    )
    graph = ChannelGraph.of(model)
    asked = ChannelsSettings(share=0.5, layer_share=shares, keep_layers=("*_2",), multiple=1)
    kept = {
        name: int(each.sum()) for name, each in kept_channels(graph, select(graph, asked)).items()
    }
    assert kept == {"conv2d": 2, "conv2d_1": 6, "conv2d_2": 8, "conv2d_3": 8}


def test_layers_that_are_added_have_one_share() -> None:
    model = _added()
    with pytest.raises(ImpossiblePoint) as refusal:
        removed_on_trial(model, ChannelsSettings(layer_share={"one": 0.5, "other": 0.25}))
    assert str(refusal.value) == (
        "channels.layer_share: 0.5 for one and 0.25 for other: must be one share, for their "
        "channels go together"
    )
    narrow, _ = removed_on_trial(model, ChannelsSettings(layer_share={"one": 0.5}))
    assert narrow.get_layer("other").filters == 4
    with pytest.raises(ImpossiblePoint, match="removes no channel"):
        removed_on_trial(model, ChannelsSettings(share=0.5, keep_layers=("one",)))


def _added() -> keras.Model:
    image = L.Input((8, 8, 1))
    parts = [L.Conv2D(8, 3, name=name)(image) for name in ("one", "other")]
    return keras.Model(image, L.Dense(3, name="output")(L.Flatten()(L.Add()(parts))), name="added")


def test_gamma_decides_where_every_layer_has_one() -> None:
    image = L.Input((8, 8, 1))
    value = L.BatchNormalization(name="norm")(L.Conv2D(8, 3, name="conv")(image))
    model = keras.Model(image, L.Dense(3)(L.Flatten()(L.Conv2D(8, 3, name="plain")(value))))
    gamma = np.array([5, 1, 4, 2, -8, 0.5, 3, 0], np.float32)
    model.get_layer("norm").gamma.assign(gamma)
    graph = ChannelGraph.of(model)
    kept = kept_channels(graph, select(graph, ChannelsSettings(share=0.5, criterion="gamma")))
    assert kept["conv"].tolist() == [True, False, True, False, True, False, True, False]
    plain = select(graph, ChannelsSettings(share=0.5))
    assert np.array_equal(kept["plain"], kept_channels(graph, plain)["plain"])


def test_parts_of_a_concatenation_are_counted_apart() -> None:
    counts = _counts("concatenated_and_added", share=0.5)
    assert list(counts.values()) == [(4, 2), (8, 4), (12, 6), (3, 3)]


def test_the_table_says_why_channels_stay() -> None:
    model = build("mixed_by_a_norm")
    asked = ChannelsSettings(share=0.5)
    graph = ChannelGraph.of(model)
    counts = count_channels(model, graph, select(graph, asked))
    lines = channels_csv(counts).splitlines()
    assert lines[0] == "layer,kind,channels,kept,removed,reason"
    assert lines[1].startswith("before,Conv2D,8,8,0,touches layer_normalization")
    assert lines[2] == "after,Conv2D,8,4,4,"
    assert lines[-1] == "output,Dense,3,3,0,goes through softmax"
    assert share_kept(counts) == (8 + 4 + 4 + 3) / 23
    _, notes = removed_on_trial(model, asked)
    assert len(notes) == 1
    assert notes[0].startswith("channels: before keeps channels, for it touches layer_normal")


def test_a_model_without_a_channel_to_remove_is_refused() -> None:
    model = build("mixed_by_groups")
    with pytest.raises(ImpossiblePoint) as refusal:
        removed_on_trial(model, ChannelsSettings(share=0.5, multiple=16))
    assert str(refusal.value).startswith(
        "channels.share=0.5: removes no channel of mixed_by_groups: before touches conv2d"
    )
    assert "after keeps 8 of 8 with channels.multiple=16" in str(refusal.value)


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"keep_layers": ["convolution"]}, "channels.keep_layers: convolution is no layer of added "
         "that makes channels; these do: one, other, output"),
        ({"layer_share": {"dense*": 0.5}}, "channels.layer_share: dense* is no layer of added that "
         "makes channels; these do: one, other, output"),
        ({"layer_share": {"o*": 0.5, "one": 0.5}}, "channels.layer_share: one decides nothing: "
         "patterns before it fit all its layers; put it first"),
    ],
)  # fmt: skip
def test_names_that_decide_nothing_are_refused(settings: dict[str, object], line: str) -> None:
    asked = ChannelsSettings.model_validate({"share": 0.5, **settings})
    with pytest.raises(ImpossiblePoint) as refusal:
        removed_on_trial(_added(), asked)
    assert str(refusal.value) == line


def test_a_layer_that_takes_no_other_size_is_refused_in_one_line() -> None:
    image = L.Input((8, 8, 1))
    biases = keras.initializers.Constant(list(range(8)))
    value = L.Flatten()(L.Conv2D(8, 3, bias_initializer=biases, name="fixed")(image))
    model = keras.Model(image, L.Dense(3)(value), name="stubborn")
    with pytest.raises(ImpossiblePoint) as refusal:
        removed_on_trial(model, ChannelsSettings(share=0.5))
    assert str(refusal.value).startswith("channels.share=0.5: stubborn cannot lose channels (")
    assert "\n" not in str(refusal.value)
    asked = ChannelsSettings(share=0.5, keep_layers=("fixed",))
    with pytest.raises(ImpossiblePoint, match="fixed is to keep all; dense"):
        removed_on_trial(model, asked)


def test_a_model_without_layers_that_make_channels_is_refused() -> None:
    image = L.Input((8, 8, 3))
    model = keras.Model(image, L.GlobalAveragePooling2D()(image), name="plain")
    with pytest.raises(ImpossiblePoint, match="plain: it has no layer that makes channels"):
        removed_on_trial(model, ChannelsSettings(share=0.5))


def test_gamma_without_normalization_is_said() -> None:
    _, notes = removed_on_trial(_added(), ChannelsSettings(share=0.5, criterion="gamma"))
    assert notes == (
        "channels.criterion=gamma: added has no batch normalization with a gamma; the norm of the "
        "filters decides, as with l2",
    )
