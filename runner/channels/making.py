"""Say what layers hold of the channels that they take, and of those that they make."""

import numpy as np

from runner.channels.elementwise import name_of, treats_channels_apart
from runner.channels.labels import Channels
from runner.channels.step import Step


def dense(step: Step) -> Channels:
    """Make as many channels as there are units."""
    return _made(step, step.layer.units)


def convolution(step: Step) -> Channels | None:
    """Make a channel for each filter; a filter of several groups does not see all channels."""
    return _made(step, step.layer.filters) if step.layer.groups == 1 else None


def transposed_convolution(step: Step) -> Channels | None:
    """Make a channel for each filter, whose kernel has its outputs before its inputs."""
    if getattr(step.layer, "groups", 1) != 1:
        return None
    rank = len(step.layer.kernel.shape)
    channels = step.make("kernel", rank - 2, step.layer.filters)
    step.hold("kernel", {rank - 2: channels, rank - 1: step.taken[0]})
    return _activated(step, channels)


def separable_convolution(step: Step) -> Channels | None:
    """Filter each channel alone, and make new ones of all that comes of it."""
    layer, (taken,) = step.layer, step.taken
    rank = len(layer.pointwise_kernel.shape)
    channels = step.make("pointwise_kernel", rank - 1, layer.filters)
    step.hold("depthwise_kernel", {rank - 2: taken})
    several = np.repeat(taken, layer.depth_multiplier)
    step.hold("pointwise_kernel", {rank - 2: several, rank - 1: channels})
    return _activated(step, channels)


def _made(step: Step, number: int) -> Channels:
    rank = len(step.layer.kernel.shape)
    channels = step.make("kernel", rank - 1, number)
    step.hold("kernel", {rank - 2: step.taken[0], rank - 1: channels})
    return _activated(step, channels)


def _activated(step: Step, channels: Channels) -> Channels:
    """Keep all channels where a function follows that may mix them."""
    activation = step.layer.activation
    if not treats_channels_apart(activation):
        step.labels.keep(channels, f"goes through {name_of(activation)}")
    return channels
