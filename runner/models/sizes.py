"""Count the weights of a network, and the values that it computes for one image."""

import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from runner.models.architectures import ARCHITECTURES, Shape


@dataclass(frozen=True)
class Sizes:
    """Hold how large a network is.

    Attributes:
        weights: its parameters, trained or not.
        values: what all layers give for one image, together.
        largest: what the layer gives that gives most.
    """

    weights: int
    values: int
    largest: int

    @classmethod
    def of(cls, model: Any) -> "Sizes":
        """Count those of a Keras model, and of models within it; an open side counts as 1."""
        layers = model._flatten_layers(include_self=False)
        inner = [layer for layer in layers if type(layer).__name__ != "InputLayer"]
        # A layer gives as often as it is used.
        given = [_values(node.output_shapes) for layer in inner for node in layer.inbound_nodes]
        return cls(int(model.count_params()), sum(given), max(given, default=0))


def sizes_of(architecture: str, shape: Shape, classes: int) -> Sizes:
    """Count those of a shipped architecture without TensorFlow, for images of shape (H, W, C)."""
    counter = _Counter()
    steps = ARCHITECTURES[architecture].build(counter, classes)
    functools.reduce(lambda value, step: step(value), steps, shape)
    return Sizes(counter.weights, sum(counter.given), max(counter.given))


def _values(shapes: Any) -> int:
    """Count the values of one image in an output's shape, or in those of several outputs."""
    if isinstance(shapes, Mapping):
        shapes = [*shapes.values()]
    if any(isinstance(shape, list | tuple) for shape in shapes):
        return sum(map(_values, shapes))
    return math.prod(side or 1 for side in shapes[1:])


@dataclass
class _Counter:
    """Stand in for Keras' layers module, with shapes of one image in place of tensors."""

    given: list[int] = field(default_factory=list)
    weights: int = 0

    def __getattr__(self, kind: str) -> Callable[..., Any]:
        rule = _RULES[kind]

        def make(*arguments: Any, **named: Any) -> Callable[[Any], Shape]:
            def step(shape: Any) -> Shape:
                after, weights = rule(shape, *arguments, **named)
                self.given.append(math.prod(after))
                self.weights += weights
                return after

            return step

        return make


_After = tuple[Shape, int]


def _dense(shape: Shape, units: int, **_: Any) -> _After:
    return (units,), (shape[-1] + 1) * units


def _convolution(  # noqa: PLR0913, PLR0917
    shape: Shape,
    filters: int,
    side: int,
    stride: int = 1,
    padding: str = "valid",
    use_bias: bool = True,
    **_: Any,
) -> _After:
    weights = side * side * shape[2] * filters + use_bias * filters
    return (*_strided(shape, side, stride, padding), filters), weights


def _depthwise(shape: Shape, side: int, stride: int, use_bias: bool = True, **_: Any) -> _After:
    after = (*_strided(shape, side, stride, "valid"), shape[2])
    return after, (side * side + use_bias) * shape[2]


def _strided(shape: Shape, side: int, stride: int, padding: str) -> Shape:
    lost = side - 1 if padding == "valid" else 0
    return tuple(math.ceil((length - lost) / stride) for length in shape[:2])


def _pooling(shape: Shape, side: int, **_: Any) -> _After:
    return (shape[0] // side, shape[1] // side, shape[2]), 0


def _padding(shape: Shape, width: int, **_: Any) -> _After:
    return (shape[0] + 2 * width, shape[1] + 2 * width, shape[2]), 0


def _average(shape: Shape, keepdims: bool = False, **_: Any) -> _After:
    return ((1, 1, shape[2]) if keepdims else shape[2:]), 0


def _unchanged(shape: Shape, *_: Any, **__: Any) -> _After:
    return shape, 0


_RULES: Mapping[str, Callable[..., _After]] = {
    "Add": lambda shapes, **_: (shapes[0], 0),
    "BatchNormalization": lambda shape, **_: (shape, 4 * shape[-1]),
    "Conv2D": _convolution,
    "Dense": _dense,
    "DepthwiseConv2D": _depthwise,
    "Dropout": _unchanged,
    "Flatten": lambda shape, **_: ((math.prod(shape),), 0),
    "GlobalAveragePooling2D": _average,
    "MaxPooling2D": _pooling,
    "ReLU": _unchanged,
    "ZeroPadding2D": _padding,
}
