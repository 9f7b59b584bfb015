"""Rebuild a model of Keras 3 from layers of Keras 2, and compare what the two compute."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from runner.backend import keras, keras_3, tf
from runner.models.errors import Unfit, short
from runner.models.flatten import nodes
from runner.models.keras3 import layer as layers
from runner.models.keras3 import operations
from runner.models.layer_names import LayerNames

log = logging.getLogger(__name__)

# The largest difference that rounding explains, relative to the largest output.
_ROUNDING = 1e-5
# Sizes that a model leaves open are set to this one to compare, where the images do not fit.
_ANY_SIZE = 32


def read(path: Path, trust: bool) -> Any:
    """Read a file of Keras 3, without converting its model."""
    modern = keras_3()
    return modern.models.load_model(str(path), compile=False, safe_mode=not trust)


def is_model(candidate: Any) -> bool:
    """Tell whether this is a model of Keras 3."""
    ancestors = [kind.__module__ for kind in type(candidate).__mro__]
    return any(module == "keras" or module.startswith("keras.") for module in ancestors)


def convert(model: Any, shape: tuple[int, ...], source: str, compared: bool = False) -> keras.Model:
    """Rebuild a model of Keras 3 in Keras 2, with its weights and without models inside it.

    The largest difference of outputs, relative to the largest output, is written to the log.

    Args:
        model: Sequential or functional.
        shape: shape of one image; sizes that the model leaves open are taken from it to compare.
        source: what people call the model.
        compared: whether this has been done for the same model before, and is left out.

    Raises:
        Unfit: a layer has no twin in Keras 2, or the outputs differ.
    """
    _require_graph(model)
    if not model.built:
        model.build((None, *shape))
    copy = _Copy()
    inputs = [copy.input(value) for value in model.inputs]
    outputs = copy.follow(model, inputs)
    converted = keras.Model(inputs, outputs, name=model.name)
    copy.copy_weights()
    if not compared:
        _compare(model, converted, shape, source)
    return converted


def _compare(model: Any, converted: keras.Model, shape: tuple[int, ...], source: str) -> None:
    try:
        figure = _difference(model, converted, shape)
    except Exception as error:
        raise Unfit(f"cannot be compared with its copy in Keras 2 ({short(error)})") from None
    version = keras_3().__version__
    log.info(
        "%s: converted from Keras %s to Keras %s; outputs differ by at most %.1e of the largest "
        "output",
        *(source, version, keras.__version__, figure),
    )
    # Not a number is no small difference.
    if not figure <= _ROUNDING:
        raise Unfit(
            f"converted from Keras {version} to Keras {keras.__version__}, its outputs differ by "
            f"{figure:.1e} of the largest output: must be at most {_ROUNDING:.0e}"
        )


class _Copy:
    """Create a twin for each layer of a model, in the order from input to output."""

    def __init__(self) -> None:
        self._names = LayerNames()
        self._twins: dict[int, tuple[Any, Any]] = {}

    def input(self, value: Any) -> Any:
        """Make an input like one of Keras 3."""
        name = self._names.free(value.name)
        return keras.layers.Input(value.shape[1:], dtype=value.dtype, name=name)

    def follow(self, model: Any, inputs: Sequence[Any]) -> list[Any]:
        """Apply twins of a model's layers to other inputs, and return the outputs of the model."""
        tree = keras_3().tree
        values = {id(old): new for old, new in zip(model.inputs, inputs, strict=True)}

        def replacement(value: Any) -> Any:
            return values.get(id(value), value)

        for node in nodes(getattr(model, "_functional", None) or model):
            given = node.arguments
            args, kwargs = tree.map_structure(replacement, (given.args, given.kwargs))
            outputs = self._apply(node.operation, args, kwargs, model.name)
            values |= zip(map(id, node.outputs), outputs, strict=True)
        return [values[id(output)] for output in model.outputs]

    def _apply(
        self, operation: Any, args: Any, kwargs: dict[str, Any], owner: str
    ) -> Sequence[Any]:
        modern = keras_3()
        if isinstance(operation, modern.Model):
            _require_graph(operation)
            return self.follow(operation, modern.tree.flatten(args))
        if not isinstance(operation, modern.layers.Layer):
            name = self._names.free(operation.name, owner)
            return [operations.apply(operation, [*args, *kwargs.values()], name)]
        if id(operation) not in self._twins:
            name = self._names.free(operation.name, owner)
            self._twins[id(operation)] = operation, layers.twin(operation, name)
        # What a call says of training counts for nothing in Keras 3: that of the model counts.
        said = {
            key: value for key, value in kwargs.items() if key != "training" and value is not None
        }
        output = self._twins[id(operation)][1](*args, **said)
        computed = layers.computed_activation(operation)
        if computed:
            name = self._names.free(f"{operation.name}_{computed.lower()}", owner)
            output = operations.apply_by_name(computed, output, name)
        return list(modern.tree.flatten(output))

    def copy_weights(self) -> None:
        """Give each twin the weights of its layer."""
        for old, new in self._twins.values():
            layers.copy_weights(old, new)


def _require_graph(model: Any) -> None:
    if not type(model).__module__.startswith("keras.src.models.") or type(model).__name__ not in (
        "Functional",
        "Sequential",
    ):
        raise Unfit(
            f"{model.name} ({type(model).__name__}) is a subclassed model: must be a Sequential or "
            "functional model"
        )


def _difference(old: Any, new: keras.Model, shape: tuple[int, ...]) -> float:
    """Compare the outputs for random inputs of several ranges.

    Returns:
        The largest difference, relative to the largest output.
    """
    draw = np.random.default_rng(0)
    differences = []
    for low, high in ((0, 1), (-1, 1), (0, 255)):
        inputs = [
            draw.uniform(low, high, (4, *_sizes(value.shape[1:], shape))).astype(value.dtype)
            for value in old.inputs
        ]
        pairs = zip(
            keras_3().tree.flatten(old(inputs if len(inputs) > 1 else inputs[0], training=False)),
            tf.nest.flatten(new(inputs, training=False)),
            strict=True,
        )
        for before, after in pairs:
            largest = float(np.max(np.abs(before))) or 1.0
            differences.append(float(np.max(np.abs(np.subtract(before, after)))) / largest)
    return float(np.max(differences))


def _sizes(expected: Sequence[int | None], shape: Sequence[int]) -> list[int]:
    """Set sizes that a model leaves open."""
    known = shape if len(shape) == len(expected) else [_ANY_SIZE] * len(expected)
    return [side or size for side, size in zip(expected, known, strict=True)]
