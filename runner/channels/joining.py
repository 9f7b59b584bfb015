"""Say what becomes of channels where several tensors, or a tensor and a number, come together."""

from collections.abc import Sequence

import numpy as np

from runner.backend import tf
from runner.channels.elementwise import treats_channels_apart
from runner.channels.labels import Channels
from runner.channels.step import Step

_ARITHMETIC = frozenset(
    f"{module}.{name}"
    for module in ("__operators__", "math")
    for name in ("add", "subtract", "sub", "multiply", "mul", "truediv", "divide", "maximum",
                 "minimum")
)  # fmt: skip


def merge(step: Step) -> Channels | None:
    """Unite the channels that are added, or multiplied, number by number."""
    return _united(step, step.taken) if _same_rank(step) else None


def concatenate(step: Step) -> Channels | None:
    """Put channels one after another; along another axis they are united."""
    rank = len(step.node.outputs.shape)
    if step.layer.axis % rank == rank - 1:
        return np.concatenate(step.taken)
    return _united(step, step.taken)


def operation(step: Step) -> Channels | None:
    """Unite what an operation of TensorFlow's own takes, which is written as `x + y`, say."""
    operands = tf.nest.flatten((step.node.call_args, step.node.call_kwargs))
    others = [each for each in operands if not hasattr(each, "_keras_history")]
    single = all(each is None or isinstance(each, int | float | str) for each in others)
    name = str(step.layer.get_config()["function"])
    if not single or not _same_rank(step):
        return None
    if name in _ARITHMETIC:
        return _united(step, step.taken)
    return step.taken[0] if treats_channels_apart(step.layer.function) else None


def _united(step: Step, taken: Sequence[Channels]) -> Channels:
    """Unite channels by their places; one that stands for all of the others stays."""
    width = max(map(len, taken))
    whole = [channels for channels in taken if len(channels) == width]
    for channels in taken:
        if len(channels) != width:
            step.labels.keep(channels, f"spreads over all channels in {step.layer.name}")
    for other in whole[1:]:
        step.labels.unite(whole[0], other)
    return whole[0]


def _same_rank(step: Step) -> bool:
    return len({len(tensor.shape) for tensor in step.node.keras_inputs}) == 1
