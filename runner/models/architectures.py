"""Define the shipped architectures, and build untrained Keras models of them.

TensorFlow is imported only when a model is built: the table is read long before that.
"""

import ast
import functools
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

Shape = tuple[int, ...]
# A layer, or a function where the path from image to scores branches.
Step = Callable[[Any], Any]

# Of batch normalisation's averages: Keras' own 0.99 lags behind in a short fine-tuning.
_MOMENTUM = 0.9


class Layers(Protocol):
    """Describe Keras' layers module as far as the builders need it."""

    def __getattr__(self, name: str) -> Callable[..., Any]: ...


@dataclass(frozen=True)
class Architecture:
    """Hold a network: the steps from image to scores, and the least side of an image in pixels."""

    build: Callable[[Layers, int], Sequence[Step]]
    least_side: int

    @property
    def source_digest(self) -> str:
        """Identify this network's code: all of this file but the builders of other networks.

        So an edited network is a new network, and the others stay what they are.
        """
        return _source_digest(self.build.__name__)


@functools.cache
def _source_digest(builder: str) -> str:
    source = Path(__file__).read_text(encoding="utf-8")
    others = {network.build.__name__ for network in ARCHITECTURES.values()} - {builder}
    parts = [
        ast.get_source_segment(source, node) or ""
        for node in ast.parse(source).body
        if getattr(node, "name", None) not in others
        # A network that is added changes none of the others.
        and not (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "ARCHITECTURES")
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _lenet_300_100(layers: Layers, classes: int) -> Sequence[Step]:
    return [
        layers.Flatten(name="flatten"),
        layers.Dense(300, activation="relu", name="dense_300"),
        layers.Dense(100, activation="relu", name="dense_100"),
        layers.Dense(classes, activation="softmax", name="output"),
    ]


def _lenet5(layers: Layers, classes: int) -> Sequence[Step]:
    return [
        layers.Conv2D(20, 5, activation="relu", name="conv_1"),
        layers.MaxPooling2D(2, name="pool_1"),
        layers.Conv2D(50, 5, activation="relu", name="conv_2"),
        layers.MaxPooling2D(2, name="pool_2"),
        layers.Flatten(name="flatten"),
        layers.Dense(500, activation="relu", name="dense"),
        layers.Dense(classes, activation="softmax", name="output"),
    ]


def _mnist_cnn(layers: Layers, classes: int) -> Sequence[Step]:
    return [
        layers.Conv2D(12, 3, activation="relu", name="conv"),
        layers.MaxPooling2D(2, name="pool"),
        layers.Flatten(name="flatten"),
        layers.Dense(classes, activation="softmax", name="output"),
    ]


def _fashion_cnn(layers: Layers, classes: int) -> Sequence[Step]:
    return [
        layers.Conv2D(16, 5, activation="relu", name="conv_1"),
        layers.MaxPooling2D(2, name="pool_1"),
        layers.Conv2D(32, 5, activation="relu", name="conv_2"),
        layers.MaxPooling2D(2, name="pool_2"),
        layers.Dropout(0.2, name="dropout"),
        layers.GlobalAveragePooling2D(name="average"),
        layers.Flatten(name="flatten"),
        layers.Dense(128, activation="relu", name="dense"),
        layers.Dense(classes, activation="softmax", name="output"),
    ]


def _depthwise_cnn(layers: Layers, classes: int) -> Sequence[Step]:
    # XNNPACK's sparse inference requires these paddings and strides, and keepdims below.
    steps: list[Step] = [
        layers.ZeroPadding2D(1, name="pad"),
        layers.Conv2D(16, 3, 2, use_bias=False, name="conv"),
        layers.BatchNormalization(momentum=_MOMENTUM, name="conv_norm"),
        layers.ReLU(name="conv_relu"),
    ]
    for block, (filters, stride) in enumerate([(32, 1), (64, 2), (64, 1), (128, 1)], 1):
        steps += _separable(layers, f"block_{block}", filters, stride)
    return [
        *steps,
        layers.GlobalAveragePooling2D(keepdims=True, name="average"),
        layers.Flatten(name="flatten"),
        layers.Dense(classes, activation="softmax", name="output"),
    ]


def _separable(layers: Layers, name: str, filters: int, stride: int) -> list[Step]:
    """Filter each channel by itself, then mix the channels (MobileNet, Howard et al. 2017)."""
    return [
        layers.ZeroPadding2D(1, name=f"{name}_pad"),
        layers.DepthwiseConv2D(3, stride, use_bias=False, name=f"{name}_depthwise"),
        layers.BatchNormalization(momentum=_MOMENTUM, name=f"{name}_depthwise_norm"),
        layers.ReLU(name=f"{name}_depthwise_relu"),
        layers.Conv2D(filters, 1, use_bias=False, name=f"{name}_mix"),
        layers.BatchNormalization(momentum=_MOMENTUM, name=f"{name}_mix_norm"),
        layers.ReLU(name=f"{name}_mix_relu"),
    ]


def _resnet_small(layers: Layers, classes: int) -> Sequence[Step]:
    steps: list[Step] = [
        layers.Conv2D(16, 3, padding="same", use_bias=False, name="conv"),
        layers.BatchNormalization(momentum=_MOMENTUM, name="conv_norm"),
        layers.ReLU(name="conv_relu"),
    ]
    for stage, filters in enumerate([16, 32, 64], 1):
        for block in (1, 2):
            shrinks = stage > 1 and block == 1
            steps.append(_residual(layers, f"stage_{stage}_{block}", filters, shrinks))
    return [
        *steps,
        layers.GlobalAveragePooling2D(name="average"),
        layers.Dense(classes, activation="softmax", name="output"),
    ]


def _residual(layers: Layers, name: str, filters: int, shrinks: bool) -> Step:
    """Add the input to the result of two convolutions (He et al. 2015, figure 2)."""
    stride = 2 if shrinks else 1

    def step(image: Any) -> Any:
        main, shortcut = image, image
        for number, step_size in ((1, stride), (2, 1)):
            conv = layers.Conv2D(
                filters, 3, step_size, padding="same", use_bias=False, name=f"{name}_conv_{number}"
            )
            norm = layers.BatchNormalization(momentum=_MOMENTUM, name=f"{name}_norm_{number}")
            main = norm(conv(main))
            if number == 1:
                main = layers.ReLU(name=f"{name}_relu_1")(main)
        if shrinks:
            conv = layers.Conv2D(filters, 1, stride, use_bias=False, name=f"{name}_beside")
            norm = layers.BatchNormalization(momentum=_MOMENTUM, name=f"{name}_beside_norm")
            shortcut = norm(conv(image))
        added = layers.Add(name=f"{name}_add")([main, shortcut])
        return layers.ReLU(name=f"{name}_relu_2")(added)

    return step


ARCHITECTURES = {
    "lenet_300_100": Architecture(_lenet_300_100, 1),
    "lenet5": Architecture(_lenet5, 16),
    "mnist_cnn": Architecture(_mnist_cnn, 4),
    "fashion_cnn": Architecture(_fashion_cnn, 16),
    "depthwise_cnn": Architecture(_depthwise_cnn, 1),
    "resnet_small": Architecture(_resnet_small, 1),
}


def build(name: str, shape: Shape, classes: int) -> Any:
    """Build an untrained, uncompiled model for images of shape (H, W, C).

    It is Sequential unless its path from image to scores branches.

    Sources: lenet_300_100, LeCun et al. 1998 and Han et al. 2016; lenet5, the variant of Caffe that
    Han et al. 2016 compress; mnist_cnn, TensorFlow Model Optimization's pruning tutorial.
    """
    from runner.backend import keras

    image = keras.layers.Input(shape, name="image")
    steps = ARCHITECTURES[name].build(keras.layers, classes)
    if all(isinstance(step, keras.layers.Layer) for step in steps):
        return keras.Sequential([image, *steps], name=name)
    scores = functools.reduce(lambda value, step: step(value), steps, image)
    return keras.Model(image, scores, name=name)
