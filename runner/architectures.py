"""A name, an input shape and a number of classes go in; an untrained Keras model comes out.

TensorFlow is imported only when a model is built: the table is read long before that.
"""

import hashlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

Shape = tuple[int, int, int]


class _Layers(Protocol):
    """Keras' layers module, as far as the builders need it."""

    def __getattr__(self, name: str) -> Callable[..., Any]: ...


@dataclass(frozen=True)
class Architecture:
    """A network: its layers, the least image side they take, and the layers that are pruned."""

    build: Callable[[_Layers, int], list[Any]]
    least_side: int
    prunable: tuple[str, ...]

    @property
    def source_digest(self) -> str:
        """Identify the code of the builder, so that an edited network is a new network."""
        return hashlib.sha256(inspect.getsource(self.build).encode()).hexdigest()


def _lenet_300_100(layers: _Layers, classes: int) -> list[Any]:
    return [
        layers.Flatten(name="flatten"),
        layers.Dense(300, activation="relu", name="dense_300"),
        layers.Dense(100, activation="relu", name="dense_100"),
        layers.Dense(classes, activation="softmax", name="output"),
    ]


def _mnist_cnn(layers: _Layers, classes: int) -> list[Any]:
    return [
        layers.Conv2D(12, 3, activation="relu", name="conv"),
        layers.MaxPooling2D(2, name="pool"),
        layers.Flatten(name="flatten"),
        layers.Dense(classes, activation="softmax", name="output"),
    ]


def _fashion_cnn(layers: _Layers, classes: int) -> list[Any]:
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


ARCHITECTURES = {
    "lenet_300_100": Architecture(_lenet_300_100, 1, ("dense_300", "dense_100", "output")),
    "mnist_cnn": Architecture(_mnist_cnn, 4, ("conv", "output")),
    "fashion_cnn": Architecture(_fashion_cnn, 16, ("conv_1", "conv_2", "dense", "output")),
}


def build(name: str, shape: Shape, classes: int) -> Any:
    """Build an untrained, uncompiled Sequential model for images of shape (H, W, C).

    Sources: lenet_300_100, LeCun et al. 1998 and Han et al. 2016; mnist_cnn, TensorFlow Model
    Optimization's pruning tutorial.
    """
    from runner.backend import keras

    layers = ARCHITECTURES[name].build(keras.layers, classes)
    return keras.Sequential([keras.layers.Input(shape, name="image"), *layers], name=name)
