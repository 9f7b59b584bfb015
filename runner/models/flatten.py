"""A model and an image's shape go in; the same model, flat, of a known size comes out."""

import itertools
import re
from collections.abc import Iterator, Sequence
from operator import mul
from typing import Any

from runner.backend import keras, tf
from runner.models.errors import Unfit, UnfitForData

Shape = tuple[int, int, int]


def flatten(model: keras.Model, shape: Shape) -> keras.Model:
    """Make new layers with the same weights, on an input as large as an image (H, W, C).

    The input keeps its name and shape, as (784,) for (28, 28, 1), and gets sizes that it left open.
    Models in the model are taken apart, because TFMOT wraps layers only; all names are unique.

    Raises:
        Unfit: a layer is a subclassed model.
        UnfitForData: it takes other images.
    """
    copy = _Copy()
    image = keras.layers.Input(_input_shape(model, shape), name=copy.name(model.input_names[0]))
    scores = copy.follow(model, [image])[0]
    whole = keras.Model(image, scores, name=re.sub(r"[^\w.-]", "_", model.name))
    copy.take_weights()
    return whole


def _input_shape(model: keras.Model, shape: Shape) -> tuple[int, ...]:
    """Return the shape that the model takes, all sizes known."""
    taken = tuple(model.inputs[0].shape[1:])
    misfit = UnfitForData(f"takes inputs of the shape {taken}; the images have {shape}")
    if None in taken:
        fits = len(taken) == 3 and all(
            mine in (None, own) for mine, own in zip(taken, shape, strict=True)
        )
        if not fits:
            raise misfit
        return shape
    # In order, sizes may be merged, and those of 1 come and go; channels in front do not fit.
    if not _ends(taken) <= _ends(shape) or max(_ends(taken)) != max(_ends(shape)):
        raise misfit
    return taken


def _ends(shape: Sequence[int]) -> set[int]:
    return {1, *itertools.accumulate(shape, mul)}


class _Copy:
    """New layers for those of a model, as they are met on the way from input to output."""

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._new: dict[int, tuple[Any, Any]] = {}

    def follow(
        self, model: keras.Model, inputs: Sequence[Any], training: bool | None = None
    ) -> list[Any]:
        """Apply copies of a model's layers to other inputs; return its outputs."""
        values = {id(old): new for old, new in zip(model.inputs, inputs, strict=True)}

        def replaced(each: Any) -> Any:
            return values.get(id(each), each)

        for node in _nodes(model):
            args, kwargs = tf.nest.map_structure(replaced, (node.call_args, node.call_kwargs))
            outputs = self._apply(node.layer, args, kwargs, training, model.name)
            values |= zip(map(id, tf.nest.flatten(node.outputs)), outputs, strict=True)
        return [values[id(each)] for each in model.outputs]

    def _apply(
        self, layer: Any, args: Any, kwargs: dict[str, Any], training: bool | None, owner: str
    ) -> list[Any]:
        if isinstance(layer, keras.Model):
            require_graph(layer)
            said = kwargs.get("training")
            return self.follow(layer, tf.nest.flatten(args), training if said is None else said)
        # Whoever calls a model inside with training=False means the layers in it.
        expects = layer._call_spec.expects_training_arg
        if expects and training is not None and kwargs.get("training") is None:
            kwargs = {**kwargs, "training": training}
        if id(layer) not in self._new:
            self._new[id(layer)] = layer, self._like(layer, owner)
        return list(tf.nest.flatten(self._new[id(layer)][1](*args, **kwargs)))

    def _like(self, layer: Any, owner: str) -> Any:
        config = {**layer.get_config(), "name": self.name(layer.name, owner)}
        config.pop("batch_input_shape", None)
        return type(layer).from_config(config)

    def name(self, name: str, owner: str = "") -> str:
        """Find a name that no other layer has, near to its own."""
        plain = re.sub(r"[^\w./-]", "_", name)
        plain = plain if re.match(r"\w", plain) else f"layer_{plain}"
        numbered = (f"{owner}_{plain}_{number}" for number in itertools.count(1))
        choices = itertools.chain([plain, f"{owner}_{plain}"], numbered)
        free = next(each for each in choices if each not in self._names)
        self._names.add(free)
        return free

    def take_weights(self) -> None:
        """Give each new layer the weights of its old one."""
        for old, new in self._new.values():
            new.set_weights(old.get_weights())


def require_graph(model: keras.Model) -> None:
    """Accept Sequential and functional models.

    Raises:
        Unfit: what a subclassed one computes is known to its own code only.
    """
    plain = type(model).__module__.startswith("tf_keras.src.engine.")
    if not plain or not model._is_graph_network:
        raise Unfit(
            f"{model.name} ({type(model).__name__}) is a subclassed model, or has no input shape: "
            "must be a Sequential or functional model"
        )


def _nodes(model: keras.Model) -> Iterator[Any]:
    """Go through the applications of layers, each after what it depends on."""
    for depth in sorted(model._nodes_by_depth, reverse=True):
        yield from (node for node in model._nodes_by_depth[depth] if not node.is_input)
