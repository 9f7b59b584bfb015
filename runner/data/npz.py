"""Read and write data sets as .npz files of four arrays, and check that these fit together."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runner.errors import Refused, one_line, refusing_unreadable

NAMES = ("x_train", "y_train", "x_test", "y_test")
Array = NDArray[Any]


@dataclass(frozen=True)
class Arrays:
    """Hold the four arrays of a data set in the numbers of its file.

    Attributes:
        x_train, x_test: shape (N, H, W) or (N, H, W, C); integers to 255 or floats to 1.
        y_train, y_test: shape (N,) or (N, 1); integers, one class an image.
    """

    x_train: Array
    y_train: Array
    x_test: Array
    y_test: Array


def read(path: Path, setting: str) -> Arrays:
    """Read and check a data set.

    Args:
        path: the file.
        setting: name, in a refusal, of the setting that gives this file.

    Raises:
        Refused: the file is missing or unreadable, or its arrays do not fit together.
    """
    with refusing_unreadable(setting, path):
        there = path.is_file()
    if not there:
        raise Refused(f"{setting}={path}: no such file; give an .npz file with {', '.join(NAMES)}")
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as content:
            missing = [name for name in NAMES if name not in content]
            if missing:
                raise Refused(f"{setting}={path}: has no array {missing[0]}; needs {NAMES}")
            arrays = Arrays(*(content[name] for name in NAMES))
    except Refused:
        raise
    except Exception as error:
        # For damaged bytes zipfile, zlib and NumPy raise many kinds of errors.
        raise Refused(f"{setting}={path}: not a readable .npz file ({one_line(error)})") from None
    fault = _fault(arrays)
    if fault:
        raise Refused(f"{setting}={path}: {fault}")
    return arrays


def write(path: Path, arrays: Mapping[str, Array]) -> None:
    """Write arrays by name such that a file at the path is always complete.

    Raises:
        OSError: the file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            # An array could have the name of another parameter of savez, of another type.
            np.savez(file, **arrays)  # type: ignore[arg-type]
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


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
    classes = np.unique(arrays.y_train)
    if len(classes) < 2:
        return "y_train has one class; at least 2 are needed"
    if classes[-1] != len(classes) - 1:
        return (
            f"y_train has {len(classes)} classes up to {classes[-1]}; "
            "number them from 0 without gaps"
        )
    if arrays.y_test.max() > classes[-1]:
        return f"y_test has the label {arrays.y_test.max()}, which y_train never has"
    return None


def _image_fault(images: Array) -> str | None:
    if images.ndim not in (3, 4) or 0 in images.shape:
        return f"has shape {images.shape}; images must be (N, H, W) or (N, H, W, C)"
    if images.dtype.kind not in "uif":
        return f"has type {images.dtype}; images must be numbers"
    low, high = images.min(), images.max()
    brightest = 1 if images.dtype.kind == "f" else 255
    # A NaN fails every comparison, so it is refused here too.
    if not (low >= 0 and high <= brightest):
        return (
            f"has pixels from {low} to {high}; {images.dtype} pixels must be from 0 to {brightest}"
        )
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
