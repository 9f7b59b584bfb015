"""Build small models as users bring them, and requests that ask about them."""

from pathlib import Path
from typing import Any

from runner.backend import keras, tf
from runner.data.classes import Classes
from runner.planning.request import Request
from runner.settings import ArchitectureSettings
from tests.helpers.project import Configure

layers = keras.layers
SHAPE, CLASSES = (8, 8, 1), 3
# The three ways in which Keras 2 writes a model.
NAMES = ["model.h5", "model.keras", "model"]
_FUNCTIONS = """
import tensorflow as tf
from {beside} import FILTERS
layers = tf.keras.layers

class Scale(layers.Layer):
    def build(self, shape):
        self.by = self.add_weight("by", shape=shape[-1:], initializer="ones")
    def call(self, image):
        return image * self.by

def network(shape, classes):
    print("not the answer")
    last = [layers.Flatten(), layers.Dense(classes, activation="softmax")]
    return tf.keras.Sequential([layers.Conv2D(FILTERS, 3), Scale(), *last])

def dies(shape, classes):
    import os
    os._exit(7)
"""


def residual(side: int | None = 8) -> keras.Model:
    """A bit of everything: a residual, written both ways, a depthwise convolution, batch norm."""
    image = layers.Input((side, side, 1))
    mixed = layers.Conv2D(4, 3, padding="same", name="mix")(image)
    each = layers.DepthwiseConv2D(3, padding="same", name="each")(mixed)
    each = layers.BatchNormalization(name="norm", moving_mean_initializer="random_normal")(each)
    added = layers.Add(name="add")([mixed, tf.nn.relu(each) + mixed])
    pooled = layers.GlobalAveragePooling2D(name="pool")(added)
    return keras.Model(image, layers.Dense(CLASSES, activation="softmax", name="out")(pooled))


def classifier(*before: Any, shape: Any = SHAPE, classes: int = CLASSES) -> keras.Model:
    """A Sequential model that gives logits."""
    last = [layers.Flatten(), layers.Dense(classes, name="out")]
    return keras.Sequential([layers.Input(shape), *before, *last])


def save(model: keras.Model, path: Path) -> Path:
    model.save(path, **({} if path.suffix else {"save_format": "tf"}))
    return path


def from_file(path: Path, trust: bool | None = None) -> ArchitectureSettings:
    """Ask for the model of a file; SavedModels are trusted unless it is said that they are not."""
    trusted = path.is_dir() if trust is None else trust
    return ArchitectureSettings(name="keras_file", path=path, trust=trusted)


def from_function(target: str) -> ArchitectureSettings:
    return ArchitectureSettings(name="callable", target=target)


def functions(folder: Path, name: str) -> str:
    """Write a module of functions, under a name that no other test imports."""
    (folder / f"{name}.py").write_text(_FUNCTIONS.format(beside=f"{name}_beside"))
    (folder / f"{name}_beside.py").write_text("FILTERS = 4\n")
    return name


def asked(settings: Configure, architecture: ArchitectureSettings, *overrides: str) -> Request:
    """A request about the model, with the rest from the shipped configuration."""
    rest = settings(*overrides)
    return Request(
        architecture=architecture,
        schedule=rest.schedule,
        compress=rest.compress,
        shape=SHAPE,
        classes=Classes.numbered(CLASSES),
    )
