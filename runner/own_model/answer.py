"""A Keras model goes in; what its output means, and whether it fits the labels, come out."""

from typing import Any

from runner.backend import keras
from runner.own_model.unfit import Unfit, UnfitForData

# Layers that leave numbers, or what they mean, as they are.
_PASSING = {
    *("Activation", "Cropping2D", "Dropout", "Flatten", "Permute", "Reshape"),
    *("AveragePooling2D", "GlobalAveragePooling1D", "GlobalAveragePooling2D"),
    *("MaxPooling2D", "GlobalMaxPooling2D"),
}
_OF_THEIR_OWN = {"ELU", "LeakyReLU", "PReLU", "ReLU", "Softmax", "ThresholdedReLU", "Lambda"}
# Those of TensorFlow's operations that are not linear.
_CURVED = {
    *("elu", "exp", "gelu", "leaky_relu", "log_sigmoid", "log_softmax", "relu", "relu6", "selu"),
    *("sigmoid", "silu", "softmax", "softplus", "softsign", "swish", "tanh"),
}
# Softmax of a logarithm of softmax is that softmax again.
_LOGITS = {"linear": True, "log_softmax": True, "softmax": False}


def gives_logits(model: keras.Model) -> bool:
    """Tell whether a classifier without wrappers ends before softmax.

    Raises:
        Unfit: it ends in something else.
    """
    last = _last_function(model)
    if last not in _LOGITS:
        raise Unfit(f"its output goes through {last}: must be softmax, or linear (logits)")
    return _LOGITS[last]


def check(model: keras.Model, classes: int) -> None:
    """Check that a model gives a number for each class.

    Raises:
        Unfit: it is no classifier for one label of several classes.
        UnfitForData: it knows another number of classes.
    """
    shape, last = tuple(model.output_shape[1:]), _last_function(model)
    wanted = f"must be a classifier that gives {classes} numbers, one for each class"
    if len(shape) != 1 or shape[0] is None:
        raise Unfit(f"its output has the shape {shape}: {wanted}")
    if shape[0] == 1 and last == "sigmoid":
        raise Unfit(f"its output is one number through sigmoid, a yes or no: {wanted}")
    if shape[0] == 1:
        raise Unfit(f"its output is one number, as for regression: {wanted}")
    if last == "sigmoid":
        raise Unfit(f"its output is multi-label, {shape[0]} numbers through sigmoid: {wanted}")
    if shape[0] != classes:
        raise UnfitForData(f"gives {shape[0]} numbers; the labels have {classes} classes")
    gives_logits(model)


def _last_function(model: keras.Model) -> str:
    """Name the function that the numbers went through last; linear for none."""
    layer = model.get_layer(model.output_names[0])
    while (name := _function(layer)) == "linear" and type(layer).__name__ in _PASSING:
        before = layer.inbound_nodes[-1].inbound_layers
        if isinstance(before, list):
            break
        layer = before
    return name


def _function(layer: Any) -> str:
    kind = type(layer).__name__
    # What a layer computes that is not Keras' own is unknown.
    if kind in _OF_THEIR_OWN or not type(layer).__module__.startswith("tf_keras."):
        return kind.lower() if kind == "Softmax" else kind
    if kind == "TFOpLambda":
        name = str(layer.get_config()["function"]).split(".")[-1]
        return name if name in _CURVED else "linear"
    activation = getattr(layer, "activation", None)
    if isinstance(activation, keras.layers.Layer):
        return _function(activation)
    return str(getattr(activation, "__name__", "linear"))
