import csv

import numpy as np

from runner.measure.class_table import classes_csv, confusion_csv

NAMES = ["cat", "dog, old", "owl"]
LABELS = np.array([0, 0, 0, 0, 1, 1])
DENSE = np.array([0, 0, 0, 1, 1, 0])
PRUNED = np.array([0, 1, 2, 0, 1, 1])


def _lines(table: str) -> dict[str, dict[str, str]]:
    return {line["class"]: line for line in csv.DictReader(table.splitlines())}


def test_answers_are_counted_by_class() -> None:
    lines = _lines(confusion_csv(NAMES, LABELS, PRUNED))
    assert lines == {
        "cat": {"class": "cat", "cat": "2", "dog, old": "1", "owl": "1"},
        "dog, old": {"class": "dog, old", "cat": "0", "dog, old": "2", "owl": "0"},
        "owl": {"class": "owl", "cat": "0", "dog, old": "0", "owl": "0"},
    }


def test_each_class_has_an_accuracy_and_what_it_lost_and_gained() -> None:
    lines = _lines(classes_csv(NAMES, LABELS, {"h5": PRUNED}, DENSE))
    figures = ("images", "accuracy/h5", "lost/h5", "gained/h5")
    assert {name: [line[each] for each in figures] for name, line in lines.items()} == {
        "cat": ["4", "0.5", "2", "1"],
        "dog, old": ["2", "1.0", "0", "1"],
        "owl": ["0", "", "0", "0"],
    }


def test_columns_of_other_files_are_kept() -> None:
    first = classes_csv(NAMES, LABELS, {"h5": DENSE}, DENSE)
    both = classes_csv(NAMES, LABELS, {"tflite_int8": PRUNED}, DENSE, first)
    cat = _lines(both)["cat"]
    assert (cat["accuracy/h5"], cat["accuracy/tflite_int8"]) == ("0.75", "0.5")
    again = _lines(classes_csv(NAMES, LABELS, {"h5": PRUNED}, DENSE, both))["cat"]
    assert (again["accuracy/h5"], again["accuracy/tflite_int8"]) == ("0.5", "0.5")
    assert list(again) == list(cat)
