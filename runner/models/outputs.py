"""Tell what the output of a model means, and whether it fits the labels."""

from collections.abc import Sequence
from typing import Any

from runner.backend import keras, tf
from runner.data.classes import Classes
from runner.data.dataset import Dataset
from runner.models.errors import Unfit, UnfitForData

# Layers, and TensorFlow's operations by the last part of their names, that do not change whether
# numbers are logits or probabilities.
_PASSING = {
    *("Activation", "Cropping2D", "Dropout", "Flatten", "Permute", "Reshape", "Average"),
    *("AveragePooling2D", "GlobalAveragePooling1D", "GlobalAveragePooling2D"),
    *("MaxPooling2D", "GlobalMaxPooling2D", "SlicingOpLambda"),
    *("identity", "reshape", "squeeze", "expand_dims", "transpose", "strided_slice", "cast"),
    *("stop_gradient", "reduce_mean"),
}
# Those that turn logits into logits, but probabilities into something unknown.
_ARITHMETIC = {
    *("Add", "Subtract", "Concatenate", "add", "subtract", "sub", "multiply", "mul", "divide"),
    *("truediv", "matmul", "bias_add", "concat", "stack", "negative", "Rescaling"),
}
_NOT_LINEAR = {"ELU", "LeakyReLU", "PReLU", "ReLU", "ThresholdedReLU", "Lambda", "Multiply"}
_LINEAR, _PASSES, _COMBINES = "linear", "passes", "combines"
# Softmax of a logarithm of softmax is that softmax again.
_LOGITS = {_LINEAR: True, "log_softmax": True, "log_softmax_v2": True}
_PROBABILITIES = {"softmax": False, "softmax_v2": False}


def gives_logits(model: keras.Model) -> bool:
    """Tell whether a classifier gives logits rather than probabilities.

    Args:
        model: a model without TFMOT's wrappers.

    Raises:
        Unfit: its output goes through another function than softmax; or than sigmoid, where it is
            one number.
    """
    last = _last_function(model)
    known = _LOGITS | _PROBABILITIES
    if model.output_shape[-1] == 1:
        known = {_LINEAR: True, "sigmoid": False}
    if last not in known:
        accepted = "sigmoid" if "sigmoid" in known else "softmax"
        raise Unfit(f"its output goes through {last}: must be {accepted}, or linear (logits)")
    return known[last]


def told_apart(model: keras.Model) -> int:
    """Count the classes that a model tells apart: one number means yes or no."""
    width = int(model.output_shape[-1])
    return 2 if width == 1 else width


def taken_by(model: keras.Model, data: Dataset) -> Dataset:
    """Return the data as a model takes it: images in its shape, labels that name its outputs.

    Raises:
        ValueError: the images do not fit, or the classes are not the model's.
    """
    return data.for_model(model.input_shape[1:], told_apart(model))


def class_scores(outputs: Any, logits: bool) -> Any:
    """Return a score for each class: of one number, one for no and one for yes.

    Args:
        outputs: what a model gives, float32, shape (N, K) or (N, 1).
        logits: whether these are logits rather than probabilities.
    """
    if outputs.shape[-1] != 1:
        return outputs
    # Softmax of 0 and a logit is sigmoid of that logit.
    no = tf.zeros_like(outputs) if logits else 1 - outputs
    return tf.concat([no, outputs], axis=-1)


def check(model: keras.Model, classes: Classes, names: Sequence[str] | None = None) -> None:
    """Check that a model tells the classes of the labels apart.

    Args:
        classes: the classes of the labels.
        names: names of the model's classes, where they are known.

    Raises:
        Unfit: it is no classifier for one label of several classes.
        UnfitForData: it has other classes.
    """
    shape, last = tuple(model.output_shape[1:]), _last_function(model)
    wanted = f"must be a classifier that gives {len(classes)} numbers, one for each class"
    if len(shape) != 1 or shape[0] is None:
        raise Unfit(f"its output has the shape {shape}: {wanted}")
    if last == "sigmoid" and shape[0] > 1:
        raise Unfit(f"its output is multi-label, {shape[0]} numbers through sigmoid: {wanted}")
    try:
        classes.outputs(told_apart(model), names)
    except ValueError as reason:
        raise UnfitForData(str(reason)) from None
    gives_logits(model)


def _last_function(model: keras.Model) -> str:
    """Name the function that gives the output its meaning; `linear` for none."""
    return _function(model.outputs[0])


def _function(tensor: Any) -> str:
    # The history of the tensor, because a layer may be applied in other models too.
    layer, node, _ = tensor._keras_history
    effect = _effect(layer)
    if effect not in (_PASSES, _COMBINES):
        return effect
    inputs = tf.nest.flatten(layer._inbound_nodes[node].keras_inputs)
    functions = sorted({_function(tensor) for tensor in inputs})
    if effect == _COMBINES and functions != [_LINEAR]:
        return f"{_kind(layer)} of {' and '.join(functions)}"
    return " and ".join(functions)


def _effect(layer: Any) -> str:
    kind = _kind(layer)
    if kind in _ARITHMETIC:
        return _COMBINES
    activation = _activation(layer)
    if activation != _LINEAR:
        return activation
    if kind in _PASSING:
        return _PASSES
    # What a layer of the user's own computes is unknown, and so are most operations of TensorFlow.
    known = type(layer).__module__.startswith("tf_keras.") and kind not in _NOT_LINEAR
    if kind == "Softmax":
        return "softmax"
    return _LINEAR if known and type(layer).__name__ != "TFOpLambda" else kind


def _activation(layer: Any) -> str:
    activation = getattr(layer, "activation", None)
    if isinstance(activation, keras.layers.Layer):
        return _effect(activation)
    return str(getattr(activation, "__name__", _LINEAR))


def _kind(layer: Any) -> str:
    """Name the class of a layer, or the operation that it stands for."""
    if type(layer).__name__ == "TFOpLambda":
        return str(layer.get_config()["function"]).split(".")[-1]
    return type(layer).__name__
