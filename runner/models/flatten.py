"""Rebuild a user's model without models inside it and with all sizes known."""

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from operator import mul
from typing import Any

from runner.backend import keras, tf
from runner.models.errors import Unfit, UnfitForData
from runner.models.layer_names import LayerNames

Shape = tuple[int, ...]


def flatten(model: keras.Model, shape: Shape) -> keras.Model:
    """Rebuild a model of new layers with the same weights, for images of a shape, as (H, W, C).

    The input keeps its name and shape, as (784,) for (28, 28, 1); unknown sizes become known.
    Models in the model are taken apart, because TFMOT wraps layers only. All names are unique.

    Raises:
        Unfit: a layer is a subclassed model.
        UnfitForData: the model takes images of another shape.
    """
    copy = FlatCopy()
    image = keras.layers.Input(_input_shape(model, shape), name=copy.name(model.input_names[0]))
    scores = copy.follow(model, [image])[0]
    flat = keras.Model(image, scores, name=re.sub(r"[^\w.-]", "_", model.name))
    copy.copy_weights()
    return flat


def _input_shape(model: keras.Model, shape: Shape) -> tuple[int, ...]:
    """Return the input shape of the model with all sizes known."""
    expected = tuple(model.inputs[0].shape[1:])
    misfit = UnfitForData(f"takes inputs of the shape {expected}; the images have {shape}")
    if None in expected:
        # A single channel is written out by some models and left out by others.
        for known in (shape, (*shape, 1)):
            if len(known) == len(expected) and all(
                side in (None, size) for side, size in zip(expected, known, strict=True)
            ):
                return known
        raise misfit
    # Neighbouring sizes may be merged, and sizes of 1 may come and go; another order does not fit.
    merged, separate = _cumulative_products(expected), _cumulative_products(shape)
    if not merged <= separate or max(merged) != max(separate):
        raise misfit
    return expected


def _cumulative_products(shape: Sequence[int]) -> set[int]:
    return {1, *itertools.accumulate(shape, mul)}


class FlatCopy:
    """Create a new layer for each layer of a model, in the order from input to output."""

    def __init__(self, is_left_out: Callable[[Any], bool] = lambda _: False) -> None:
        """Copy all layers but those left out, which hand on what they take."""
        self._is_left_out = is_left_out
        self.name = LayerNames().free
        self._copies: dict[int, tuple[Any, Any]] = {}

    def follow(
        self, model: keras.Model, inputs: Sequence[Any], training: bool | None = None
    ) -> list[Any]:
        """Apply copies of a model's layers to other inputs, and return the outputs of the model.

        Args:
            training: what models inside the model are called with, where they are not told.
        """
        values = {id(old): new for old, new in zip(model.inputs, inputs, strict=True)}

        def replacement(value: Any) -> Any:
            return values.get(id(value), value)

        for node in nodes(model):
            args, kwargs = tf.nest.map_structure(replacement, (node.call_args, node.call_kwargs))
            outputs = self._apply(node.layer, args, kwargs, training, model.name)
            values |= zip(map(id, tf.nest.flatten(node.outputs)), outputs, strict=True)
        return [values[id(output)] for output in model.outputs]

    def _apply(
        self, layer: Any, args: Any, kwargs: dict[str, Any], training: bool | None, owner: str
    ) -> list[Any]:
        if isinstance(layer, keras.Model):
            require_graph(layer)
            own = kwargs.get("training")
            return self.follow(layer, tf.nest.flatten(args), training if own is None else own)
        if self._is_left_out(layer):
            return list(tf.nest.flatten(args))
        # training=False in the call of an inner model applies to the layers in it.
        expects = layer._call_spec.expects_training_arg
        if expects and training is not None and kwargs.get("training") is None:
            kwargs = {**kwargs, "training": training}
        if id(layer) not in self._copies:
            self._copies[id(layer)] = layer, self._copy(layer, owner)
        return list(tf.nest.flatten(self._copies[id(layer)][1](*args, **kwargs)))

    def _copy(self, layer: Any, owner: str) -> Any:
        config = {**layer.get_config(), "name": self.name(layer.name, owner)}
        config.pop("batch_input_shape", None)
        return type(layer).from_config(config)

    def copy_weights(self) -> None:
        """Give each new layer the weights of the layer that it copies."""
        for old, new in self._copies.values():
            new.set_weights(old.get_weights())


def require_graph(model: keras.Model) -> None:
    """Check that a model is Sequential or functional, and has an input shape.

    Raises:
        Unfit: it is neither; what a subclassed model computes is known to its own code only.
    """
    plain = type(model).__module__.startswith("tf_keras.src.engine.")
    if not plain or not model._is_graph_network:
        raise Unfit(
            f"{model.name} ({type(model).__name__}) is a subclassed model, or has no input shape: "
            "must be a Sequential or functional model"
        )


def nodes(graph: Any) -> Iterator[Any]:
    """Yield the applications of layers, each after those that it depends on.

    Args:
        graph: a functional model of Keras 2, or the graph inside one of Keras 3.
    """
    for depth in sorted(graph._nodes_by_depth, reverse=True):
        yield from (node for node in graph._nodes_by_depth[depth] if not node.is_input)
