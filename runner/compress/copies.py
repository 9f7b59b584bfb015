"""A Keras model goes in; a copy that shares nothing with it comes out."""

from runner.backend import keras


def copied(model: keras.Model) -> keras.Model:
    """Copy layers and weights: TFMOT's wrappers share the layers and change them in place."""
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    return copy
