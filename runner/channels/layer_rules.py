"""Decide by layers' names which share of their channels goes, and refuse rules that cannot hold."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from runner.errors import ImpossiblePoint
from runner.models.layer_patterns import first_match, require_deciding
from runner.settings import ChannelsSettings


def share_of(names: Iterable[str], channels: ChannelsSettings) -> float:
    """Return the share of channels that is removed of layers whose channels go together.

    Raises:
        ImpossiblePoint: two of the layers have a share of their own, and not the same.
    """
    ordered = sorted(names)
    if any(first_match(name, channels.keep_layers) for name in ordered):
        return 0.0
    patterns = {name: first_match(name, channels.layer_share) for name in ordered}
    own = {name: channels.layer_share[each] for name, each in patterns.items() if each}
    if len({*own.values()}) > 1:
        given = " and ".join(f"{share:g} for {name}" for name, share in own.items())
        raise ImpossiblePoint(
            f"channels.layer_share: {given}: must be one share, for their channels go together"
        )
    return next(iter(own.values()), channels.share)


def check_names(makers: Sequence[str], channels: ChannelsSettings, model: str) -> None:
    """Check that each pattern for layers' names decides something.

    Args:
        makers: names of the layers that make channels.
        model: name of the model in a refusal.

    Raises:
        ImpossiblePoint: a pattern fits no layer, or only layers of earlier patterns.
    """
    for setting in ("keep_layers", "layer_share"):
        for pattern in getattr(channels, setting):
            if not any(fnmatchcase(name, pattern) for name in makers):
                raise ImpossiblePoint(
                    f"channels.{setting}: {pattern} is no layer of {model} that makes channels; "
                    f"these do: {', '.join(makers) or 'none'}"
                )
    require_deciding("channels.layer_share", [*channels.layer_share], makers)
