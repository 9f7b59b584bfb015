"""A Keras model goes in; a copy of it, or of its layers in wrappers, comes out."""

from collections.abc import Callable
from typing import Any

from runner.backend import keras, tf


def copy_model(model: keras.Model) -> keras.Model:
    """Copy layers and weights: TFMOT's wrappers share the layers and change them in place."""
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    return copy


def replace_layers(model: keras.Model, changed: Callable[[Any], Any]) -> keras.Model:
    """Put what the function returns for each layer, a wrapper or the layer itself, in its place."""
    # AutoGraph would rewrite the wrapper's source code, again for every model, to no effect.
    clone = tf.autograph.experimental.do_not_convert(keras.models.clone_model)
    return clone(model, clone_function=changed)
