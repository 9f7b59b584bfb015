"""A Keras model goes in; what its output means, and whether it fits the labels, come out."""

from typing import Any

from runner.backend import keras, tf
from runner.models.errors import Unfit, UnfitForData

# Layers, and TensorFlow's operations by their last name, that leave numbers what they mean.
_PASSING = {
    *("Activation", "Cropping2D", "Dropout", "Flatten", "Permute", "Reshape", "Average"),
    *("AveragePooling2D", "GlobalAveragePooling1D", "GlobalAveragePooling2D"),
    *("MaxPooling2D", "GlobalMaxPooling2D", "SlicingOpLambda"),
    *("identity", "reshape", "squeeze", "expand_dims", "transpose", "strided_slice", "cast"),
    *("stop_gradient", "reduce_mean"),
}
# Those that make logits of logits, and nothing known of probabilities.
_ARITHMETIC = {
    *("Add", "Subtract", "Concatenate", "add", "subtract", "sub", "multiply", "mul", "divide"),
    *("truediv", "matmul", "bias_add", "concat", "stack", "negative"),
}
_OF_THEIR_OWN = {"ELU", "LeakyReLU", "PReLU", "ReLU", "ThresholdedReLU", "Lambda", "Multiply"}
_LINEAR, _PASSES, _COMBINES = "linear", "passes", "combines"
# Softmax of a logarithm of softmax is that softmax again.
_LOGITS = {_LINEAR: True, "log_softmax": True, "log_softmax_v2": True}
_PROBABILITIES = {"softmax": False, "softmax_v2": False}


def gives_logits(model: keras.Model) -> bool:
    """Tell whether a classifier without wrappers ends before softmax.

    Raises:
        Unfit: it ends in something else.
    """
    last = _last_function(model)
    known = _LOGITS | _PROBABILITIES
    if last not in known:
        raise Unfit(f"its output goes through {last}: must be softmax, or linear (logits)")
    return known[last]


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
    return _function(model.outputs[0])


def _function(tensor: Any) -> str:
    # By the tensor's own history: a layer may be applied in other models too.
    layer, node, _ = tensor._keras_history
    own = _of_layer(layer)
    if own not in (_PASSES, _COMBINES):
        return own
    before = tf.nest.flatten(layer._inbound_nodes[node].keras_inputs)
    found = sorted({_function(each) for each in before})
    if own == _COMBINES and found != [_LINEAR]:
        return f"{_kind(layer)} of {' and '.join(found)}"
    return " and ".join(found)


def _of_layer(layer: Any) -> str:
    kind = _kind(layer)
    if kind in _ARITHMETIC:
        return _COMBINES
    activation = _activation(layer)
    if activation != _LINEAR:
        return activation
    if kind in _PASSING:
        return _PASSES
    # What a layer computes that is not Keras' own is unknown, as most of TensorFlow's operations.
    known = type(layer).__module__.startswith("tf_keras.") and kind not in _OF_THEIR_OWN
    if kind == "Softmax":
        return "softmax"
    return _LINEAR if known and type(layer).__name__ != "TFOpLambda" else kind


def _activation(layer: Any) -> str:
    activation = getattr(layer, "activation", None)
    if isinstance(activation, keras.layers.Layer):
        return _of_layer(activation)
    return str(getattr(activation, "__name__", _LINEAR))


def _kind(layer: Any) -> str:
    """Name the class of a layer, or the operation that it stands for."""
    if type(layer).__name__ == "TFOpLambda":
        return str(layer.get_config()["function"]).split(".")[-1]
    return type(layer).__name__
