"""Tell by which way a point became small: channels removed, weights pruned, or both."""

import json
from enum import StrEnum

from runner.results.rows import number
from runner.tracking import Record

SHARE, LAYER_SHARE, START = "channels.share", "channels.layer_share", "channels.start"
FINAL, LAYER_SPARSITY = "schedule.final_sparsity", "schedule.layer_sparsity"
# What says how many weights become zero; all else says how.
SPARSITY = ("schedule.initial_sparsity", FINAL, LAYER_SPARSITY)
# How often a model is fine-tuned after pruning, by what follows it.
_STAGES = {"cluster": 1, "qat": 1, "cluster_qat": 2}


class Way(StrEnum):
    """What was done to a network, in the order in which a report shows it."""

    DENSE = "dense"
    BASELINE_LONGER = "dense, trained on"
    WEIGHTS = "weights"
    CHANNELS = "channels"
    CHANNELS_FRESH = "channels, new weights"
    CHANNELS_AND_WEIGHTS = "channels and weights"
    CHANNELS_FRESH_AND_WEIGHTS = "channels, new weights, and weights"

    @property
    def removes_channels(self) -> bool:
        """Whether the network is narrower than the dense one."""
        return self.startswith(Way.CHANNELS)


# By whether channels are removed, whether it starts anew, and whether weights are pruned.
_WAYS = {
    (False, False, False): Way.BASELINE_LONGER,
    (False, False, True): Way.WEIGHTS,
    (True, False, False): Way.CHANNELS,
    (True, True, False): Way.CHANNELS_FRESH,
    (True, False, True): Way.CHANNELS_AND_WEIGHTS,
    (True, True, True): Way.CHANNELS_FRESH_AND_WEIGHTS,
}


def way_of(point: Record) -> Way:
    """Return the way of a point, by its settings."""
    removes = removes_channels(point)
    fresh = removes and point.params.get(START) == "fresh"
    return _WAYS[removes, fresh, prunes_weights(point)]


def removes_channels(point: Record) -> bool:
    """Tell whether a point removes channels; those of earlier versions do not."""
    return _above_zero(point, SHARE, "0") or _any_layer(point, LAYER_SHARE)


def channels_kept(run: Record) -> float | None:
    """Return the share of channels that a point or a baseline has left; None: not measured."""
    return run.metrics.get("channels_kept", None if removes_channels(run) else 1.0)


def prunes_weights(point: Record) -> bool:
    """Tell whether weights of a point become zero."""
    return _above_zero(point, FINAL, "1") or _any_layer(point, LAYER_SPARSITY)


def further_epochs(point: Record) -> int:
    """Return how many epochs a point was trained after its baseline, all stages together."""
    stages = _STAGES.get(point.params.get("compress.name", ""), 0)
    times = {"channels.epochs": int(removes_channels(point)), "schedule.epochs": 1}
    times["compress.epochs"] = stages
    return sum(int(point.params.get(name, "0")) * number for name, number in times.items())


def _above_zero(point: Record, setting: str, usual: str) -> bool:
    return (number(point.params.get(setting, usual)) or 0) > 0


def _any_layer(point: Record, setting: str) -> bool:
    """Tell whether a share of any layer is above zero."""
    try:
        shares = json.loads(point.params.get(setting, "{}"))
    except ValueError:
        # A text that is too long for a store is cut short.
        return True
    return isinstance(shares, dict) and any(share > 0 for share in shares.values())
