"""Tell by which way a point became small: channels removed, weights pruned, or both."""

from enum import StrEnum

from runner.tracking import Record

CHANNELS = "channels."
SHARE, LAYER_SHARE, START = f"{CHANNELS}share", f"{CHANNELS}layer_share", f"{CHANNELS}start"
FINAL, LAYER_SPARSITY = "schedule.final_sparsity", "schedule.layer_sparsity"
# What says how many weights become zero; all else says how.
SPARSITY = ("schedule.initial_sparsity", FINAL, LAYER_SPARSITY)
_NONE = ("", "{}", "null")


class Way(StrEnum):
    """What was done to a network, in the order in which a report shows it."""

    LONGER = "dense, trained on"
    WEIGHTS = "weights"
    CHANNELS = "channels"
    FRESH = "channels, new weights"
    BOTH = "channels and weights"
    FRESH_BOTH = "channels, new weights, and weights"


_WAYS = {
    (False, False, False): Way.LONGER,
    (False, False, True): Way.WEIGHTS,
    (True, False, False): Way.CHANNELS,
    (True, True, False): Way.FRESH,
    (True, False, True): Way.BOTH,
    (True, True, True): Way.FRESH_BOTH,
}


def way_of(point: Record) -> Way:
    """Return the way of a point, by its settings."""
    removes = removes_channels(point)
    fresh = removes and point.params.get(START) == "fresh"
    return _WAYS[removes, fresh, prunes_weights(point)]


def removes_channels(point: Record) -> bool:
    """Tell whether a point removes channels; those of earlier versions do not."""
    return _above_zero(point, SHARE, "0") or point.params.get(LAYER_SHARE, "") not in _NONE


def channels_kept(run: Record) -> float | None:
    """Return the share of channels that a point or a baseline has left; None: not measured."""
    return run.metrics.get("channels_kept", None if removes_channels(run) else 1.0)


def prunes_weights(point: Record) -> bool:
    """Tell whether weights of a point become zero."""
    return _above_zero(point, FINAL, "1") or point.params.get(LAYER_SPARSITY, "") not in _NONE


def _above_zero(point: Record, setting: str, usual: str) -> bool:
    return float(point.params.get(setting, usual)) > 0
