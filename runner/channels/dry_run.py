"""Try on an untrained model whether channels of it can be removed as the settings ask."""

from collections.abc import Iterator, Sequence

from runner.backend import keras
from runner.channels.layer_counts import LayerCount
from runner.channels.layer_rules import check_names, share_of
from runner.channels.narrow import remove_channels
from runner.errors import ImpossiblePoint
from runner.settings import ChannelsSettings

# A refusal names so many layers.
_NAMED = 3
_TOUCHES = "touches "


def removed_on_trial(
    model: keras.Model, channels: ChannelsSettings
) -> tuple[keras.Model, tuple[str, ...]]:
    """Build the narrow model of an untrained one.

    Returns:
        The model, and a line for each layer that stays whole for one that is not known.

    Raises:
        ImpossiblePoint: nothing can be removed, or what the settings say of layers cannot hold.
    """
    narrow, counts = remove_channels(model, channels)
    check_names([count.layer for count in counts], channels, model.name)
    if all(count.kept == count.channels for count in counts):
        reasons = "; ".join(_reasons(counts, channels))
        raise ImpossiblePoint(
            f"{_setting(channels)}: removes no channel of {model.name}: {reasons}"
        )
    return narrow, tuple(
        f"channels: {count.layer} keeps channels, for it {count.reason}"
        for count in counts
        if _TOUCHES in count.reason
    )


def _setting(channels: ChannelsSettings) -> str:
    if channels.share:
        return f"channels.share={channels.share:g}"
    given = ",".join(f"{name}:{share:g}" for name, share in channels.layer_share.items())
    return f"channels.layer_share={{{given}}}"


def _reasons(counts: Sequence[LayerCount], channels: ChannelsSettings) -> Iterator[str]:
    for count in counts[:_NAMED]:
        yield f"{count.layer} {count.reason or _choice(count, channels)}"
    if len(counts) > _NAMED:
        yield f"and {len(counts) - _NAMED} more"


def _choice(count: LayerCount, channels: ChannelsSettings) -> str:
    """Say by which setting a layer stays whole that need not."""
    if share_of([count.layer], channels) == 0:
        return "is to keep all"
    return f"keeps {count.kept} of {count.channels} with channels.multiple={channels.multiple}"
