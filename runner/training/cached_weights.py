"""Give a model the weights of an h5 file, and take nothing else from that file."""

import itertools
import os
from collections.abc import Iterator
from typing import Any, BinaryIO

import h5py  # type: ignore[import-untyped]
import numpy as np

from runner.backend import keras
from runner.files.h5_structure import require_sound


def give_weights(model: keras.Model, file: BinaryIO) -> None:
    """Give each layer of a model its weights, by their order; names in the file mean nothing.

    The description of a model in the file is not looked at.

    Args:
        file: an h5 file, as Keras 2 writes one of the same model.

    Raises:
        UnfitFile: the file takes its weights from elsewhere.
        ValueError: it has other weights than the model.
        Exception: of other kinds, from h5py, for a file that it cannot read.
    """
    with h5py.File(file, "r") as content:
        require_sound(content, os.fstat(file.fileno()).st_size)
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
        yield from (group[layer][weight] for weight in _names(group[layer], "weight_names"))


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
