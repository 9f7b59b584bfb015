"""Say what becomes of channels in layers that hand them on."""

import numpy as np

from runner.channels.elementwise import name_of, treats_channels_apart
from runner.channels.labels import Channels
from runner.channels.step import Step


def unchanged(step: Step) -> Channels:
    """Hand on each channel."""
    return step.taken[0]


def dropout(step: Step) -> Channels | None:
    """Hand on each channel, unless the layer names how many there are."""
    shape = step.layer.noise_shape
    return step.taken[0] if shape is None or shape[-1] in (None, 1) else None


def activation(step: Step) -> Channels | None:
    """Hand on each channel through a function of single numbers."""
    return step.taken[0] if treats_channels_apart(step.layer.activation) else None


def permute(step: Step) -> Channels | None:
    """Hand on each channel, where the axis of channels stays the last one."""
    return step.taken[0] if step.layer.dims[-1] == len(step.layer.dims) else None


def rescaling(step: Step) -> Channels | None:
    """Hand on each channel, all scaled by the same numbers."""
    same = np.ndim(step.layer.scale) == 0 and np.ndim(step.layer.offset) == 0
    return step.taken[0] if same else None


def batch_normalization(step: Step) -> Channels | None:
    """Hand on each channel, with up to four numbers of its own."""
    layer, (taken,) = step.layer, step.taken
    last = len(step.node.keras_inputs[0].shape) - 1
    if [axis % (last + 1) for axis in layer.axis] != [last] or getattr(layer, "renorm", False):
        return None
    for weight in ("gamma", "beta", "moving_mean", "moving_variance"):
        step.hold(weight, {0: taken})
    if layer.gamma is not None:
        step.holdings.gammas[layer.name] = taken, layer.gamma
    return taken


def prelu(step: Step) -> Channels:
    """Hand on each channel, with slopes of its own unless they are shared."""
    taken, rank = step.taken[0], len(step.layer.alpha.shape)
    if step.layer.alpha.shape[-1] == len(taken):
        step.hold("alpha", {rank - 1: taken})
    return taken


def depthwise_convolution(step: Step) -> Channels:
    """Make of each channel one or more, which go with it."""
    layer, (taken,) = step.layer, step.taken
    given = np.repeat(taken, layer.depth_multiplier)
    step.hold("depthwise_kernel", {len(layer.depthwise_kernel.shape) - 2: taken})
    step.hold("bias", {0: given})
    if not treats_channels_apart(layer.activation):
        step.labels.keep(given, f"goes through {name_of(layer.activation)}")
    return given


def reshape(step: Step) -> Channels | None:
    """Lay the same numbers out anew: what lies in one channel then goes together.

    To flatten repeats all channels for each place; to fold a dense layer's outputs into an image
    unites those that become one channel.
    """
    (before,), (after,) = step.node.keras_inputs, [step.node.outputs]
    sizes, wanted = before.shape[1:], after.shape[1:]
    if None in sizes or None in wanted or not sizes or not wanted:
        return None
    numbers = np.broadcast_to(step.taken[0], sizes)
    first, *others = numbers.reshape(-1, wanted[-1])
    for other in others:
        if not np.array_equal(other, first):
            step.labels.unite(first, other)
    return np.asarray(first)
