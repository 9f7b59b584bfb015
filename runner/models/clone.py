"""Copy a Keras model, or replace its layers by wrappers."""

from collections.abc import Callable
from typing import Any

from runner.backend import keras, tf


def copy_model(model: keras.Model) -> keras.Model:
    """Copy a model with its layers and weights.

    TFMOT's wrappers share the layers of a model and change them in place.
    """
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    return copy


def replace_layers(model: keras.Model, replacement: Callable[[Any], Any]) -> keras.Model:
    """Build a model with other layers, connected in the same way.

    Args:
        replacement: returns, for each layer, a wrapper or the layer itself.
    """
    # AutoGraph would rewrite the wrapper's source code, again for every model, to no effect.
    clone = tf.autograph.experimental.do_not_convert(keras.models.clone_model)
    return clone(model, clone_function=replacement)
