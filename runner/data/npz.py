"""The path of an .npz file goes in; its four arrays, checked against one another, come out."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runner.errors import Refused, one_line

NAMES = ("x_train", "y_train", "x_test", "y_test")
Array = NDArray[Any]


@dataclass(frozen=True)
class Arrays:
    """Images of shape (N, H, W) or (N, H, W, C) and labels of shape (N,) or (N, 1), as stored."""

    x_train: Array
    y_train: Array
    x_test: Array
    y_test: Array


def read(path: Path, setting: str) -> Arrays:
    """Read and check a data set; `setting` names, in a refusal, what led to this file.

    Raises:
        Refused: the file is missing or unreadable, or its arrays do not fit together.
    """
    if not path.is_file():
        raise Refused(f"{setting}={path}: no such file; give an .npz file with {', '.join(NAMES)}")
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            missing = [name for name in NAMES if name not in stored]
            if missing:
                raise Refused(f"{setting}={path}: has no array {missing[0]}; needs {NAMES}")
            arrays = Arrays(*(stored[name] for name in NAMES))
    except Refused:
        raise
    except Exception as error:
        # Damaged bytes raise whatever zipfile, zlib and NumPy happen to stumble over.
        raise Refused(f"{setting}={path}: not a readable .npz file ({one_line(error)})") from None
    fault = _fault(arrays)
    if fault:
        raise Refused(f"{setting}={path}: {fault}")
    return arrays


def _fault(arrays: Arrays) -> str | None:
    """Say in a few words what is wrong with the arrays, if anything is."""
    for name in NAMES:
        array = getattr(arrays, name)
        if not isinstance(array, np.ndarray):
            return f"{name} is no array"
        fault = _label_fault(array) if name.startswith("y") else _image_fault(array)
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
    seen = np.unique(arrays.y_train)
    if len(seen) < 2:
        return "y_train has one class; at least 2 are needed"
    if seen[-1] != len(seen) - 1:
        return f"y_train has {len(seen)} classes up to {seen[-1]}; number them from 0 without gaps"
    if arrays.y_test.max() > seen[-1]:
        return f"y_test has the label {arrays.y_test.max()}, which y_train never has"
    return None


def _image_fault(images: Array) -> str | None:
    if images.ndim not in (3, 4) or 0 in images.shape:
        return f"has shape {images.shape}; images must be (N, H, W) or (N, H, W, C)"
    if images.dtype.kind not in "uif":
        return f"has type {images.dtype}; images must be numbers"
    low, high = images.min(), images.max()
    most = 1 if images.dtype.kind == "f" else 255
    # A NaN fails every comparison, so it is refused here too.
    if not (low >= 0 and high <= most):
        return f"has pixels from {low} to {high}; {images.dtype} pixels must be from 0 to {most}"
    return None


def _label_fault(labels: Array) -> str | None:
    if labels.ndim == 2 and labels.shape[1] > 1 and labels.size:
        return f"has shape {labels.shape}: {_many_labels(labels)}"
    if labels.dtype.kind == "f":
        return (
            f"has type {labels.dtype}, which looks like regression; only classification is "
            "supported: labels must be integers, one class an image"
        )
    if labels.dtype.kind not in "ui":
        return f"has type {labels.dtype}; labels must be integers, one class an image"
    if labels.size == 0 or labels.shape not in ((labels.size,), (labels.size, 1)):
        return f"has shape {labels.shape}; labels must be (N,), one class an image"
    if labels.min() < 0:
        return f"has the label {labels.min()}; labels start at 0"
    return None


def _many_labels(labels: Array) -> str:
    numbers = labels.dtype.kind in "buif"
    if numbers and np.isin(labels, (0, 1)).all() and (labels.sum(axis=1) == 1).all():
        return "one-hot labels are not supported; argmax(axis=1) makes one integer class an image"
    return "several labels an image are not supported; give one integer class an image"
