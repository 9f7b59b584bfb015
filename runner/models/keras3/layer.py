"""Make the twin of a layer of Keras 3 in Keras 2."""

import functools
import inspect
from typing import Any, cast

import numpy as np

from runner.backend import LayerScale, keras
from runner.models.errors import Unfit, short
from runner.models.keras3.twins import (
    ACTIVATIONS,
    CODE,
    COMPUTED,
    LAYERS,
    NoTwin,
    arguments,
    without_twin,
)

# Arguments that hold a layer, and what the layer of Keras 3 calls them.
_INNER = {"layer": ("layer", "forward_layer"), "backward_layer": ("backward_layer",)}
# What the base class of all layers takes besides the arguments that its subclasses name.
_OF_ALL_LAYERS = {"activity_regularizer"}


def twin(layer: Any, name: str) -> Any:
    """Make the twin of a layer, with its arguments but not yet with its weights.

    Args:
        layer: the layer of Keras 3.
        name: name of the twin.

    Raises:
        Unfit: it has no twin; it is named.
    """
    kind = type(layer).__name__
    own = type(layer).__module__.startswith("keras.src.")
    if not own or kind not in LAYERS | CODE:
        raise Unfit(without_twin(layer.name, kind))
    if kind in CODE:
        return keras.layers.Lambda(layer.function, arguments=layer.arguments, name=name)
    try:
        return _class(kind)(**_config(layer, name))
    except NoTwin as reason:
        raise Unfit(without_twin(layer.name, f"{kind}, {reason}")) from None
    except (TypeError, ValueError) as error:
        raise Unfit(without_twin(layer.name, f"{kind}, {short(error)}")) from None


def copy_weights(old: Any, new: Any) -> None:
    """Give a twin the weights of its layer.

    Raises:
        Unfit: they have other shapes in Keras 2.
    """
    if isinstance(new, keras.layers.Normalization):
        # Its mean and variance are constants of the twin.
        return
    weights = old.get_weights()
    shapes = [value.shape for value in weights]
    if shapes != [tuple(weight.shape) for weight in new.weights]:
        raise Unfit(without_twin(old.name, f"{type(old).__name__} with weights of {shapes}"))
    new.set_weights(weights)


def computed_activation(layer: Any) -> str | None:
    """Name the operation that computes the activation of a layer, where Keras 2 has no such one."""
    return COMPUTED.get(_activation(layer.get_config().get("activation")))


def _class(kind: str) -> Any:
    return LayerScale if kind == "LayerScale" else getattr(keras.layers, kind)


def _config(layer: Any, name: str) -> dict[str, Any]:
    kind, config = type(layer).__name__, layer.get_config()
    policy, modern = layer.dtype_policy, cast(Any, type(layer))
    if policy.quantization_mode is not None:
        raise NoTwin(f"dtype={policy.name}")
    translated = arguments(kind, config, _accepted(_class(kind)), _defaults(modern))
    translated = {key: _plain(key, value) for key, value in translated.items()}
    for key, places in _INNER.items():
        if isinstance(config.get(key), dict):
            inner = next(getattr(layer, place) for place in places if hasattr(layer, place))
            translated[key] = twin(inner, config[key]["config"]["name"])
    if kind == "Normalization":
        translated |= _constants(layer)
    return {**translated, "name": name, "dtype": policy.name}


def _plain(key: str, value: Any) -> Any:
    """Translate a value that Keras describes, as it does objects of its own."""
    if key.endswith("activation"):
        name = _activation(value)
        if name not in ACTIVATIONS | set(COMPUTED):
            raise NoTwin(f"{key}={name}")
        return "linear" if name in COMPUTED else name
    if key == "seed":
        return value if isinstance(value, int) else None
    if isinstance(value, dict) and key.endswith(("_regularizer", "_constraint")):
        module = keras.regularizers if key.endswith("_regularizer") else keras.constraints
        return getattr(module, value["class_name"])(**value["config"])
    return value


def _activation(value: Any) -> str:
    """Name an activation that is described by its name, or as a layer or a function."""
    if isinstance(value, dict):
        function = isinstance(value["config"], str)
        return str(value["config"] if function else value["class_name"])
    return str(value or "linear")


def _constants(layer: Any) -> dict[str, Any]:
    """Return what a normalization has learnt, for a twin without weights."""
    layer.finalize_state()
    learnt = {"mean": layer.mean, "variance": layer.variance}
    shape = [layer.mean.shape[axis] for axis in layer._keep_axis]
    return {name: np.reshape(value, shape).tolist() for name, value in learnt.items()}


@functools.cache
def _accepted(kind: type) -> set[str]:
    named = (vars(each)["__init__"] for each in kind.__mro__ if "__init__" in vars(each))
    return {name for init in named for name in inspect.signature(init).parameters} | _OF_ALL_LAYERS


@functools.cache
def _defaults(kind: type) -> dict[str, Any]:
    return {
        name: parameter.default
        for each in reversed(kind.__mro__)
        if "__init__" in vars(each)
        for name, parameter in inspect.signature(vars(each)["__init__"]).parameters.items()
    }
