"""Write tables of what a file answers for the test images of each class, as CSV."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from runner.escaping.spreadsheet import csv_records, csv_text

# The class of each image, as its number, shape (N,).
Classes = NDArray[np.int64]

_CLASS, _IMAGES = "class", "images"
_FIGURES = ("accuracy", "lost", "gained")


def confusion_csv(names: Sequence[str], labels: Classes, answers: Classes) -> str:
    """Return a table of one line for each class, and a column for each answer that was given to it.

    Args:
        names: the name of each class, in the order of their numbers.
        labels: the class of each image.
        answers: the class that a file gives to each image.
    """
    size = len(names)
    pairs = labels * size + answers
    counts = np.bincount(pairs, minlength=size * size).reshape(size, size)
    lines = ([name, *row] for name, row in zip(names, counts.tolist(), strict=True))
    return csv_text([[_CLASS, *names], *lines])


def classes_csv(
    names: Sequence[str],
    labels: Classes,
    files: Mapping[str, Classes],
    dense: Classes,
    earlier: str = "",
) -> str:
    """Return a table of one line for each class: its images, and the figures of each file on them.

    These are its accuracy, and how many images it alone has wrong (`lost`) or right (`gained`),
    beside the dense model. They are empty for a class without images.

    Args:
        names: the name of each class, in the order of their numbers.
        labels: the class of each image.
        files: the class that a file gives to each image, by target.
        dense: the class that the dense model gives to each image.
        earlier: this table as it was written before; its columns of other targets are kept.
    """
    columns = _columns(earlier)
    size = len(names)
    images = np.bincount(labels, minlength=size)
    for target, answers in files.items():
        figures = _figures(labels, answers, dense, images)
        columns |= {f"{name}/{target}": figures[name] for name in _FIGURES}
    head = [_CLASS, _IMAGES, *columns]
    return csv_text([head, *zip(names, images.tolist(), *columns.values(), strict=True)])


def _figures(
    labels: Classes, answers: Classes, dense: Classes, images: Classes
) -> dict[str, list[object]]:
    right, dense_right = answers == labels, dense == labels

    def count(which: NDArray[np.bool_]) -> list[int]:
        return [int(number) for number in np.bincount(labels[which], minlength=len(images))]

    hits = zip(count(right), images.tolist(), strict=True)
    return {
        "accuracy": [right / number if number else None for right, number in hits],
        "lost": [*count(dense_right & ~right)],
        "gained": [*count(right & ~dense_right)],
    }


def _columns(table: str) -> dict[str, list[object]]:
    """Read the columns of figures of a table."""
    lines = csv_records(table)
    names = [name for name in (lines[0] if lines else {}) if name not in (_CLASS, _IMAGES)]
    return {name: [line[name] for line in lines] for name in names}
