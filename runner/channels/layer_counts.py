"""Count the channels of each layer, and say why those stay that cannot go."""

from collections.abc import Sequence
from dataclasses import dataclass

from runner.backend import keras
from runner.channels.graph import ChannelGraph
from runner.channels.rules import kind
from runner.channels.selection import Selection
from runner.escaping.spreadsheet import csv_text

# The name of the table among the artifacts of a run.
CHANNELS = "channels.csv"
_COLUMNS = ("layer", "kind", "channels", "kept", "removed", "reason")


@dataclass(frozen=True)
class LayerCount:
    """The channels that a layer makes.

    Attributes:
        layer: its name.
        kind: its class in Keras.
        channels: how many it made before.
        kept: how many stay.
        reason: why some had to stay, in words; empty where none had to.
    """

    layer: str
    kind: str
    channels: int
    kept: int
    reason: str


def count_channels(
    model: keras.Model, graph: ChannelGraph, selection: Selection
) -> tuple[LayerCount, ...]:
    """Count the channels of each layer that makes some, in the order of the layers."""
    counts = []
    for layer in model.layers:
        filters = graph.holdings.filters.get(layer.name)
        if filters is not None:
            kept = int(selection.stays(filters.channels).sum())
            each = map(graph.labels.reason, filters.channels.tolist())
            reasons = dict.fromkeys(filter(None, each))
            count = len(filters.channels), kept
            counts.append(LayerCount(layer.name, kind(layer), *count, "; ".join(reasons)))
    return tuple(counts)


def share_kept(counts: Sequence[LayerCount]) -> float:
    """Return the share of all channels that stay, from 0 to 1."""
    return sum(count.kept for count in counts) / sum(count.channels for count in counts)


def channels_csv(counts: Sequence[LayerCount]) -> str:
    """Return a table of one line a layer."""
    lines: list[Sequence[object]] = [_COLUMNS]
    for count in counts:
        numbers = count.channels, count.kept, count.channels - count.kept
        lines.append([count.layer, count.kind, *numbers, count.reason])
    return csv_text(lines)
