"""Number the classes of labels, and find each class among the outputs of a model."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runner.escaping.brief import brief

Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Classes:
    """The classes of a data set, in the order in which labels number them from 0.

    Attributes:
        names: what people call them.
        values: the whole numbers that stand for them in the file; None where names do.
    """

    names: tuple[str, ...]
    values: tuple[int, ...] | None

    @classmethod
    def numbered(cls, number: int) -> "Classes":
        """Return classes that have only their numbers, from 0."""
        return cls(tuple(map(str, range(number))), tuple(range(number)))

    def __len__(self) -> int:
        return len(self.names)

    def outputs(self, number: int, model: Sequence[str] | None = None) -> tuple[int, ...]:
        """Find the output of a model for each class.

        A model that has the names of its classes is asked by name, one with as many outputs as
        there are classes by order, and one with more outputs by the numbers in the file.

        Args:
            number: how many classes the model tells apart.
            model: the names of the model's classes, in the order of its outputs.

        Raises:
            ValueError: the classes are not those of the model.
        """
        if model is not None and len(model) != number:
            raise ValueError(
                f"tells {number} classes apart; architecture.labels names {len(model)}"
            )
        if model is not None and not self._by_number(model):
            return self._by_name(model)
        if len(self) == number:
            return tuple(range(number))
        if self.values is not None and max(self.values) < number:
            return self.values
        raise ValueError(_misfit(self, number))

    def _by_number(self, model: Sequence[str]) -> bool:
        """Tell whether the names are none of the model's, as `0` to `9` beside words."""
        return self.values is not None and not set(self.names) & set(model)

    def _by_name(self, model: Sequence[str]) -> tuple[int, ...]:
        absent = [name for name in self.names if name not in model]
        if absent:
            raise ValueError(f"has no class {brief(absent[0])} among those of architecture.labels")
        return tuple(model.index(name) for name in self.names)

    def names_of(self, number: int, model: Sequence[str] | None = None) -> tuple[str, ...]:
        """Name the outputs of a model; one that stands for no class here has its number.

        Raises:
            ValueError: the classes are not those of the model.
        """
        outputs = self.outputs(number, model)
        if model is not None:
            return tuple(model)
        known = dict(zip(outputs, self.names, strict=True))
        others = {
            output: f"output {output}" if str(output) in self.names else str(output)
            for output in set(range(number)).difference(outputs)
        }
        return tuple((known | others)[output] for output in range(number))


def _misfit(classes: Classes, number: int) -> str:
    text = f"tells {number} classes apart; the labels have {len(classes)}"
    if len(classes) > number:
        return text
    if classes.values is None:
        return f"{text}: name all classes of the model, in order, in a file architecture.labels"
    return f"{text} up to {max(classes.values)}"


def encode(
    train: NDArray[Any], test: NDArray[Any], names: Sequence[str] | None
) -> tuple[Labels, Labels, Classes]:
    """Number the classes of labels from 0, without gaps.

    Args:
        train: labels of the training images: whole numbers, shape (N,) or (N, 1); names; or one
            column a class, shape (N, K), with a single 1 a row.
        test: labels of the test images, likewise.
        names: names of the classes, where the file has them; whole numbers count into them.

    Returns:
        The labels of both, int64 of shape (N,), and the classes.

    Raises:
        ValueError: the labels do not name at least two classes, or not the same ones.
    """
    numbers = [_numbers(labels) for labels in (train, test)]
    declared = is_one_hot(train) or names is not None
    if numbers[0].dtype.kind in "US":
        values = np.unique(numbers[0]) if names is None else np.asarray(names)
    else:
        count = train.shape[1] if is_one_hot(train) else len(names or ())
        values = np.arange(count) if declared else np.unique(numbers[0])
    twice = repeated(names or ())
    if twice is not None:
        raise ValueError(f"classes has the name {brief(twice)} twice")
    if names is not None and len(names) != len(values):
        raise ValueError(f"classes names {len(names)} classes; y_train has {len(values)}")
    first, second = (
        _positions(part, labels, values, declared)
        for part, labels in zip(("train", "test"), numbers, strict=True)
    )
    if len(np.unique(first)) < 2:
        raise ValueError("y_train has one class; at least 2 are needed")
    integers = tuple(map(int, values)) if values.dtype.kind in "ui" else None
    return first, second, Classes(tuple(names or map(str, values)), integers)


def _positions(part: str, labels: NDArray[Any], values: NDArray[Any], declared: bool) -> Labels:
    """Return the position of each label among the values."""
    unknown = np.setdiff1d(labels, values)
    if unknown.size:
        whose = "is none of the file's classes" if declared else "y_train never has"
        raise ValueError(f"y_{part} has the label {brief(unknown[0])}, which {whose}")
    order = np.argsort(values, kind="stable")
    positions: Labels = order[np.searchsorted(values, labels, sorter=order)].astype(np.int64)
    return positions


def repeated(names: Sequence[str]) -> str | None:
    """Return the first name that stands more than once; None where all differ."""
    return next((name for name in names if names.count(name) > 1), None)


def is_one_hot(labels: NDArray[Any]) -> bool:
    """Tell whether labels have one column a class, and a single 1 a row."""
    if labels.ndim != 2 or labels.shape[1] < 2 or labels.dtype.kind not in "buif":
        return False
    return bool(np.isin(labels, (0, 1)).all() and (labels.sum(axis=1) == 1).all())


def _numbers(labels: NDArray[Any]) -> NDArray[Any]:
    if is_one_hot(labels):
        return np.asarray(labels.argmax(axis=1))
    flat: NDArray[Any] = labels.reshape(-1)
    if flat.dtype.kind == "S":
        flat = np.char.decode(flat, "utf-8", "replace")
    return flat
