"""Find what is wrong with the arrays of a data set."""

import numpy as np

from runner.data.arrays import NAMES, Array, Arrays
from runner.data.classes import encode, is_one_hot
from runner.escaping.brief import brief
from runner.files.regular_file import UnfitFile

# Examples that are looked at together.
_AT_ONCE = 4096


def require_sound(arrays: Arrays, pixels: bool) -> None:
    """Require arrays that are images, or numbers, with a label for each, and that fit together.

    Args:
        pixels: whether the data must be images, in the range of pixels.

    Raises:
        UnfitFile: they are not; the text says in a few words what is wrong.
    """
    fault = _fault(arrays, pixels)
    if fault:
        raise UnfitFile(fault)


def _fault(arrays: Arrays, pixels: bool) -> str | None:
    for name in NAMES:
        array = getattr(arrays, name)
        if not isinstance(array, np.ndarray):
            return f"{name} is no array"
        if name.startswith("y"):
            fault = _label_fault(array)
        else:
            fault = _image_fault(array) if pixels else _number_fault(array)
        if fault:
            return f"{name} {fault}"
    if arrays.x_train.shape[1:] != arrays.x_test.shape[1:]:
        return (
            f"x_train has images of shape {arrays.x_train.shape[1:]}, "
            f"x_test of {arrays.x_test.shape[1:]}; they must be the same"
        )
    for part in ("train", "test"):
        images, labels = getattr(arrays, f"x_{part}"), getattr(arrays, f"y_{part}")
        if len(images) != len(labels):
            return f"x_{part} has {len(images)} images, y_{part} {len(labels)} labels"
    return _class_fault(arrays)


def _class_fault(arrays: Arrays) -> str | None:
    kinds = [_kind(labels) for labels in (arrays.y_train, arrays.y_test)]
    if kinds[0] != kinds[1]:
        return f"y_train has {kinds[0]}, y_test {kinds[1]}"
    try:
        encode(arrays.y_train, arrays.y_test, arrays.classes)
    except ValueError as error:
        return str(error)
    except SystemError:
        # NumPy reads any number as a character.
        return "has labels with characters that do not exist"
    return None


def _kind(labels: Array) -> str:
    if is_one_hot(labels):
        return f"{labels.shape[1]} columns"
    return "names" if labels.dtype.kind in "US" else "whole numbers"


def _image_fault(images: Array) -> str | None:
    if images.ndim not in (3, 4) or 0 in images.shape:
        return f"has shape {images.shape}; images must be (N, H, W) or (N, H, W, C)"
    if images.dtype.kind not in "uif":
        return f"has type {brief(images.dtype)}; images must be numbers"
    low, high = images.min(), images.max()
    brightest = 1 if images.dtype.kind == "f" else 255
    # A NaN fails every comparison, so it is refused here too.
    if not (low >= 0 and high <= brightest):
        return (
            f"has pixels from {low} to {high}; {images.dtype} pixels must be from 0 to "
            f"{brightest}; dataset.scale=as_is takes any numbers as they are"
        )
    return None


def _number_fault(values: Array) -> str | None:
    if values.ndim < 2 or 0 in values.shape:
        return f"has shape {values.shape}; must be (N, ...), one example a row"
    if values.dtype.kind not in "buif":
        return f"has type {brief(values.dtype)}; must be numbers"
    # Piece by piece: a large array may be one that the memory does not hold.
    pieces = (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))
    finite = all(np.isfinite(piece).all() for piece in pieces)
    return None if finite else "has values that are not finite"


def _label_fault(labels: Array) -> str | None:
    if is_one_hot(labels):
        return None
    if labels.ndim == 2 and labels.shape[1] > 1 and labels.size:
        return (
            f"has shape {labels.shape}: several labels an image are not supported; give one whole "
            "number or name an image, or one column a class with a single 1 a row"
        )
    return _kind_fault(labels) or _size_fault(labels)


def _kind_fault(labels: Array) -> str | None:
    if labels.dtype.kind == "f":
        return (
            f"has type {brief(labels.dtype)}, which looks like regression; only classification is "
            "supported: labels must be whole numbers or names, one class an image"
        )
    if labels.dtype.kind not in "uiUS":
        return f"has type {brief(labels.dtype)}; labels must be whole numbers or names"
    return None


def _size_fault(labels: Array) -> str | None:
    if labels.size == 0 or labels.shape not in ((labels.size,), (labels.size, 1)):
        return f"has shape {labels.shape}; labels must be (N,), one class an image"
    if labels.dtype.kind in "ui" and labels.min() < 0:
        return f"has the label {labels.min()}; labels start at 0"
    return None
