"""Apply functions of keras.ops, and operators, to values of a model of Keras 2.

Layers take their place where there are such: TFMOT and the TFLite converter know more of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from runner.backend import keras, tf
from runner.models.errors import Unfit, short
from runner.models.keras3.twins import OPERATIONS, NoTwin, without_twin

_MERGING = {"Add", "Maximum", "Minimum", "Multiply", "Subtract"}
_ACTIVATIONS = {"Gelu", "Sigmoid", "Silu", "Softplus", "Tanh"}


@dataclass(frozen=True)
class _Call:
    """Hold an operation of Keras 3, what it is given, and the name for the layer in its place."""

    operation: Any
    given: Sequence[Any]
    name: str

    @property
    def value(self) -> Any:
        return self.given[0]


def apply(operation: Any, arguments: Sequence[Any], name: str) -> Any:
    """Apply the counterpart of an operation of Keras 3.

    Args:
        operation: the operation of Keras 3.
        arguments: values of Keras 2, and constants.
        name: name for the layer that takes its place.

    Raises:
        Unfit: it has no counterpart; it is named.
    """
    kind = type(operation).__name__
    if not type(operation).__module__.startswith("keras.src.ops.") or kind not in OPERATIONS:
        raise Unfit(without_twin(operation.name, kind))
    try:
        return _apply(kind, _Call(operation, arguments, name))
    except NoTwin as reason:
        raise Unfit(without_twin(operation.name, f"{kind}, {reason}")) from None
    except (TypeError, ValueError, NotImplementedError) as error:
        raise Unfit(without_twin(operation.name, f"{kind}, {short(error)}")) from None


def apply_by_name(kind: str, value: Any, name: str) -> Any:
    """Apply an operation that takes its input only."""
    return _OTHERS[kind](_Call(None, [value], name))


def _apply(kind: str, call: _Call) -> Any:
    values = [each for each in call.given if _is_value(each)]
    if kind in _MERGING and len(values) == 2 and values[0].shape.rank == values[1].shape.rank:
        return getattr(keras.layers, kind)(name=call.name)(values)
    inverse = kind in ("Divide", "TrueDivide") and not _is_value(call.value)
    if kind in _RESCALING and len(values) == 1 and not inverse:
        return _rescale(kind, call)
    if kind in _ACTIVATIONS:
        return _activate(kind, call)
    return _OTHERS[kind](call)


def _is_value(argument: Any) -> bool:
    return hasattr(argument, "_keras_history")


# Each takes whether the value stands first, and the constant; returns a scale and an offset.
_RESCALING: dict[str, Callable[..., tuple[Any, Any]]] = {
    "Add": lambda _, constant: (1.0, constant),
    "Divide": lambda _, constant: (1 / constant, 0.0),
    "Multiply": lambda _, constant: (constant, 0.0),
    "Negative": lambda _: (-1.0, 0.0),
    "Subtract": lambda first, constant: (1.0, -constant) if first else (-1.0, constant),
    "TrueDivide": lambda _, constant: (1 / constant, 0.0),
}


def _rescale(kind: str, call: _Call) -> Any:
    value = next(each for each in call.given if _is_value(each))
    constants = [np.asarray(each, np.float64) for each in call.given if not _is_value(each)]
    numbers = _RESCALING[kind](_is_value(call.value), *constants)
    scale, offset = (np.asarray(number).tolist() for number in numbers)
    return keras.layers.Rescaling(scale, offset, name=call.name)(value)


def _activate(kind: str, call: _Call) -> Any:
    if getattr(call.operation, "approximate", False):
        return tf.nn.gelu(call.value, approximate=True)
    return keras.layers.Activation(kind.lower(), name=call.name)(call.value)


def _hard_sigmoid(call: _Call) -> Any:
    """Compute relu6(x + 3) / 6; what Keras 2 calls so has another slope."""
    shifted = keras.layers.Rescaling(1.0, 3.0, name=f"{call.name}_shift")(call.value)
    clipped = keras.layers.ReLU(6.0, name=f"{call.name}_relu6")(shifted)
    return keras.layers.Rescaling(1 / 6, name=call.name)(clipped)


def _hard_silu(call: _Call) -> Any:
    gate = _hard_sigmoid(_Call(None, call.given, f"{call.name}_gate"))
    return keras.layers.Multiply(name=call.name)([call.value, gate])


def _reshape(call: _Call) -> Any:
    """Change the shape of each image, by whichever operation does it."""
    shape = tuple(call.operation.output.shape)
    known = tuple(call.value.shape[1:])
    if shape[0] is not None or None in (*shape[1:], *known) or prod(shape[1:]) != prod(known):
        raise NoTwin(f"from {(None, *known)} to {shape}")
    return keras.layers.Reshape(shape[1:], name=call.name)(call.value)


def _transpose(call: _Call) -> Any:
    axes = list(call.operation.axes or ())
    if axes[:1] != [0]:
        raise NoTwin(f"axes={call.operation.axes}")
    return keras.layers.Permute(axes[1:], name=call.name)(call.value)


def _mean(call: _Call) -> Any:
    axes, keep = _axes(call), call.operation.keepdims
    if axes == [1, 2] and call.value.shape.rank == 4:
        return keras.layers.GlobalAveragePooling2D(keepdims=keep, name=call.name)(call.value)
    return tf.reduce_mean(call.value, axis=axes, keepdims=keep)


def _max(call: _Call) -> Any:
    axes, keep = _axes(call), call.operation.keepdims
    if call.operation.initial is not None:
        raise NoTwin(f"initial={call.operation.initial}")
    if axes == [1, 2] and call.value.shape.rank == 4:
        return keras.layers.GlobalMaxPooling2D(keepdims=keep, name=call.name)(call.value)
    return tf.reduce_max(call.value, axis=axes, keepdims=keep)


def _axes(call: _Call) -> list[int]:
    axis, rank = call.operation.axis, call.value.shape.rank
    axes = sorted(each % rank for each in (range(rank) if axis is None else axis))
    if 0 in axes:
        raise NoTwin(f"axis={axis}")
    return axes


def _get_item(call: _Call) -> Any:
    value, key = call.given
    return value[tuple(key) if isinstance(key, list) else key]


def _clip(call: _Call) -> Any:
    return tf.clip_by_value(call.value, call.operation.x_min, call.operation.x_max)


def _concatenate(call: _Call) -> Any:
    return keras.layers.Concatenate(call.operation.axis, name=call.name)(list(call.value))


_OTHERS: dict[str, Callable[[_Call], Any]] = {
    "Add": lambda call: call.given[0] + call.given[1],
    "Cast": lambda call: tf.cast(call.value, call.operation.dtype),
    "Clip": _clip,
    "Concatenate": _concatenate,
    "Divide": lambda call: call.given[0] / call.given[1],
    "Elu": lambda call: keras.layers.ELU(call.operation.alpha, name=call.name)(call.value),
    "ExpandDims": _reshape,
    "GetItem": _get_item,
    "HardSigmoid": _hard_sigmoid,
    "HardSilu": _hard_silu,
    "LeakyRelu": lambda call: keras.layers.LeakyReLU(call.operation.negative_slope, name=call.name)(
        call.value
    ),
    "Max": _max,
    "Maximum": lambda call: tf.maximum(*call.given),
    "Mean": _mean,
    "Minimum": lambda call: tf.minimum(*call.given),
    "Multiply": lambda call: call.given[0] * call.given[1],
    "Relu": lambda call: keras.layers.ReLU(name=call.name)(call.value),
    "Relu6": lambda call: keras.layers.ReLU(6.0, name=call.name)(call.value),
    "Reshape": _reshape,
    "Softmax": lambda call: keras.layers.Softmax(call.operation.axis, name=call.name)(call.value),
    "Squeeze": _reshape,
    "Subtract": lambda call: call.given[0] - call.given[1],
    "Transpose": _transpose,
    "TrueDivide": lambda call: call.given[0] / call.given[1],
}
