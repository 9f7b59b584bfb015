"""Give a model the weights of an h5 file, and take nothing else from that file."""

import itertools
from collections.abc import Iterator
from typing import Any, BinaryIO

import h5py  # type: ignore[import-untyped]
import numpy as np

from runner.backend import keras


def give_weights(model: keras.Model, file: BinaryIO) -> None:
    """Give each layer of a model its weights, by their order; names in the file mean nothing.

    The description of a model in the file is not looked at.

    Args:
        file: an h5 file, as Keras 2 writes one of the same model.

    Raises:
        ValueError: the file has other weights than the model, or keeps them elsewhere.
        Exception: of other kinds, from h5py, for a file that it cannot read.
    """
    with h5py.File(file, "r") as content:
        stored = list(_stored(content["model_weights"]))
        # As Keras orders them in a file.
        wanted = [
            weight
            for layer in model.layers
            for weight in (*layer.trainable_weights, *layer.non_trainable_weights)
        ]
        shapes = [tuple(weight.shape) for weight in wanted]
        if [each.shape for each in stored] != shapes:
            raise ValueError("the file has weights of other shapes than the model")
        values = [np.asarray(each) for each in stored]
    keras.backend.batch_set_value(list(zip(wanted, values, strict=True)))


def _stored(group: Any) -> Iterator[h5py.Dataset]:
    """Yield the weights of all layers in their order, before any of them is read."""
    for layer in _names(group, "layer_names"):
        inside = _own(group, layer)
        for weight in _names(inside, "weight_names"):
            found = _own(inside, weight)
            if not isinstance(found, h5py.Dataset) or found.dtype.kind not in "fiub":
                raise ValueError(f"{weight} holds no numbers")
            if found.is_virtual or found.external:
                raise ValueError(f"{weight} lies in another file")
            yield found


def _own(group: Any, name: str) -> Any:
    """Find a member of a group by its path, following no link to other places."""
    for part in name.strip("/").split("/"):
        if not isinstance(group.get(part, getlink=True), h5py.HardLink):
            raise ValueError(f"{name} is a link")
        group = group[part]
    return group


def _names(group: Any, attribute: str) -> list[str]:
    """Read a list of names, which Keras cuts into several attributes where it is long."""
    if attribute in group.attrs:
        pieces = [group.attrs[attribute]]
    else:
        numbered = (f"{attribute}{number}" for number in itertools.count())
        present = itertools.takewhile(lambda name: name in group.attrs, numbered)
        pieces = [group.attrs[name] for name in present]
    found = (name for piece in pieces for name in piece)
    return [name.decode() if isinstance(name, bytes) else str(name) for name in found]
