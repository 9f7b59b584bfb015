"""Try on an untrained model whether channels of it can be removed as the settings ask."""

import textwrap
from collections.abc import Iterator, Sequence

from runner.backend import keras
from runner.channels.layer_counts import LayerCount
from runner.channels.layer_rules import check_names, share_of
from runner.channels.narrow import remove_channels
from runner.errors import ImpossiblePoint, is_fault, one_line
from runner.settings import ChannelsSettings

# A refusal names so many layers.
_NAMED = 3
_TOUCHES = "touches "
# TensorFlow may print whole arrays.
_LONGEST = 200


def removed_on_trial(
    model: keras.Model, channels: ChannelsSettings
) -> tuple[keras.Model, tuple[str, ...]]:
    """Build the narrow model of an untrained one.

    Returns:
        The model, and a line for each layer that stays whole for one that is not known.

    Raises:
        ImpossiblePoint: nothing can be removed, or what the settings say of layers cannot hold.
    """
    narrow, counts = _removed(model, channels)
    check_names([count.layer for count in counts], channels, model.name)
    if all(count.kept == count.channels for count in counts):
        reasons = "; ".join(_reasons(counts, channels)) or "it has no layer that makes channels"
        raise ImpossiblePoint(
            f"{_setting(channels)}: removes no channel of {model.name}: {reasons}"
        )
    return narrow, tuple(_notes(model, counts, channels))


def _removed(
    model: keras.Model, channels: ChannelsSettings
) -> tuple[keras.Model, tuple[LayerCount, ...]]:
    try:
        return remove_channels(model, channels)
    except ImpossiblePoint:
        raise
    # A layer may not take another size, and Keras raises anything then.
    except Exception as error:
        if is_fault(error):
            raise
        reason = textwrap.shorten(one_line(error), _LONGEST)
        raise ImpossiblePoint(
            f"{_setting(channels)}: {model.name} cannot lose channels ({reason}); layers that take "
            "no other size can be named in channels.keep_layers"
        ) from None


def _notes(
    model: keras.Model, counts: Sequence[LayerCount], channels: ChannelsSettings
) -> Iterator[str]:
    for count in counts:
        if _TOUCHES in count.reason:
            yield f"channels: {count.layer} keeps channels, for it {count.reason}"
    if channels.criterion == "gamma" and not any(
        getattr(each, "gamma", None) is not None for each in model.layers
    ):
        yield (
            f"channels.criterion=gamma: {model.name} has no batch normalization with a gamma; the "
            "norm of the filters decides, as with l2"
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
