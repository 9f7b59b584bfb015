"""The classes of labels, and which output of a model each of them is."""

from typing import Any

import numpy as np
import pytest

from runner.data.classes import Classes, encode


@pytest.mark.parametrize(
    ("labels", "names", "numbers"),
    [
        ([0, 1, 2, 1], ("0", "1", "2"), [0, 1, 2, 1]),
        ([[7], [2], [7]], ("2", "7"), [1, 0, 1]),
        (["dog", "cat", "dog"], ("cat", "dog"), [1, 0, 1]),
        ([b"dog", b"cat"], ("cat", "dog"), [1, 0]),
        (np.eye(4)[[3, 0, 3]], ("0", "1", "2", "3"), [3, 0, 3]),
        (np.eye(4, dtype=bool)[[3, 0]], ("0", "1", "2", "3"), [3, 0]),
    ],
)
def test_labels_are_numbered_without_gaps(
    labels: Any, names: tuple[str, ...], numbers: list[int]
) -> None:
    train, test, classes = encode(np.asarray(labels), np.asarray(labels), None)
    assert (train.tolist(), classes.names) == (numbers, names)
    assert train.dtype == test.dtype == np.int64
    np.testing.assert_array_equal(train, test)


def test_names_in_the_file_name_classes_that_no_image_has_too() -> None:
    labels = np.array([0, 2, 0])
    train, _, classes = encode(labels, labels, ("cat", "dog", "emu"))
    assert (train.tolist(), classes.names) == ([0, 2, 0], ("cat", "dog", "emu"))
    texts = np.array(["emu", "cat", "emu"])
    train, _, classes = encode(texts, texts, ("emu", "dog", "cat"))
    assert (train.tolist(), classes.names) == ([0, 2, 0], ("emu", "dog", "cat"))


@pytest.mark.parametrize(
    ("classes", "outputs", "model", "expected"),
    [
        (Classes.numbered(3), 3, None, (0, 1, 2)),
        # Whole numbers with gaps are the outputs of a model that has so many.
        (Classes(("0", "3"), (0, 3)), 5, None, (0, 3)),
        # Of a model with just as many outputs they are the order.
        (Classes(("4", "7"), (4, 7)), 2, None, (0, 1)),
        (Classes(("cat", "emu"), None), 3, ("emu", "dog", "cat"), (2, 0)),
        (Classes(("0", "2"), (0, 2)), 3, ("emu", "dog", "cat"), (0, 2)),
        (Classes(("3", "5"), (3, 5)), 3, ("5", "4", "3"), (2, 0)),
    ],
)
def test_each_class_has_its_output(
    classes: Classes, outputs: int, model: tuple[str, ...] | None, expected: tuple[int, ...]
) -> None:
    assert classes.outputs(outputs, model) == expected
    names = classes.names_of(outputs, model)
    assert len(names) == outputs
    if model is None:
        assert [names[output] for output in expected] == list(classes.names)


def test_names_of_outputs_differ() -> None:
    classes = Classes(("1", "2", "cat"), (0, 1, 2))
    assert classes.names_of(5) == ("1", "2", "cat", "3", "4")
    assert classes.names_of(4, None)[3] == "3"
    assert Classes(("1", "3"), (0, 1)).names_of(4) == ("1", "3", "2", "output 3")


def test_names_as_bytes_are_found_among_the_names_of_the_file() -> None:
    labels = np.array([b"dog", b"cat"])
    assert encode(labels, labels, ("cat", "dog"))[0].tolist() == [1, 0]
    with pytest.raises(ValueError, match="classes has the name cat twice"):
        encode(labels, labels, ("cat", "dog", "cat"))


@pytest.mark.parametrize(
    ("classes", "outputs", "model", "line"),
    [
        (Classes.numbered(3), 2, None, "tells 2 classes apart; the labels have 3"),
        (Classes(("cat", "emu"), None), 3, None, "name all classes of the model, in order, in a"),
        (Classes(("0", "9"), (0, 9)), 5, None, "the labels have 2 up to 9"),
        (Classes(("cat", "yak"), None), 3, ("emu", "dog", "cat"), "has no class yak among"),
        (Classes(("cat", "yak"), (0, 1)), 3, ("emu", "dog", "cat"), "has no class yak among"),
        (Classes.numbered(2), 3, ("emu", "dog"), "architecture.labels names 2"),
    ],
)
def test_other_classes_are_refused(
    classes: Classes, outputs: int, model: tuple[str, ...] | None, line: str
) -> None:
    with pytest.raises(ValueError, match=line):
        classes.outputs(outputs, model)
