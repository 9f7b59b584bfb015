from runner.results.class_figures import ClassFigures, FileClasses
from runner.results.class_words import words


def _classes(number: int, fallen: int) -> FileClasses:
    names = tuple(f"n{each}" for each in range(number))
    figures = (
        ClassFigures(name, 50, 40 - at, 10 if at < fallen else 0, 0, beyond_noise=at < fallen)
        for at, name in enumerate(names)
    )
    return FileClasses(names, tuple(figures))


def test_few_classes_are_listed_with_both_accuracies() -> None:
    listed, payment = words(_classes(2, 0), "labels.txt")
    assert listed == (
        "Test accuracy by class, from the baseline to this file: "
        "n0 from 80.0% to 80.0%, n1 from 78.0% to 78.0%"
    )
    assert payment == (
        "On the test images, no class is worse than in the baseline beyond noise. "
        "The weakest class is n1: 78.0% in the baseline, 78.0% here."
    )


def test_of_many_classes_only_those_that_paid_and_the_weakest_are_named() -> None:
    listed, payment = words(_classes(30, 7), "model.tflite.labels.txt")
    assert listed == "30 classes, named in model.tflite.labels.txt"
    assert "beyond noise: n0 from 100.0% to 80.0%, n1 " in payment
    assert "and 2 more. The weakest class is n29: 22.0% " in payment


def test_runs_of_earlier_versions_give_no_words() -> None:
    assert words(FileClasses(), "labels.txt") == []
