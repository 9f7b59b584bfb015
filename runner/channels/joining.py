"""Say what becomes of channels where several tensors, or a tensor and a number, come together."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from runner.channels.elementwise import treats_channels_apart
from runner.channels.labels import Channels
from runner.channels.step import Step

_ARITHMETIC = frozenset(
    f"{module}.{name}"
    for module in ("__operators__", "math")
    for name in ("add", "subtract", "sub", "multiply", "mul", "truediv", "divide", "maximum",
                 "minimum")
)  # fmt: skip
# Of single numbers, with others that hold for all of them.
_ELEMENTWISE = frozenset(
    {
        "clip_by_value", "identity", "math.abs", "math.exp", "math.negative", "math.pow",
        "math.rsqrt", "math.sqrt", "math.square", "stop_gradient",
    }
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
    given = [*step.node.call_args, *step.node.call_kwargs.values()]
    if not all(map(_is_single, given)) or not _same_rank(step):
        return None
    name = str(step.layer.get_config()["function"])
    if name in _ARITHMETIC:
        return _united(step, step.taken)
    apart = name in _ELEMENTWISE or treats_channels_apart(step.layer.function)
    return step.taken[0] if apart else None


def _is_single(operand: Any) -> bool:
    """Tell whether an operand is a tensor of the model, or one number for all channels."""
    return hasattr(operand, "_keras_history") or (
        not isinstance(operand, list | tuple | dict) and np.ndim(operand) == 0
    )


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
