"""Say in words how a file does on each class."""

from collections.abc import Sequence

from runner.results.class_figures import ClassFigures, FileClasses

# More names make no sentence.
_NAMED, _LISTED = 5, 20


def words(classes: FileClasses, labels: str) -> list[str]:
    """Return what there is to say of a file's classes, line by line.

    Args:
        labels: the path of the file with their names.
    """
    if not classes.names:
        return []
    return [line for line in (listed(classes, labels), payment(classes)) if line]


def listed(classes: FileClasses, labels: str) -> str:
    """List the classes with both accuracies where they are few; else say where their names are.

    Args:
        labels: the path of the file with the names.
    """
    if len(classes.names) > _LISTED or not classes.figures:
        return f"{len(classes.names)} classes, named in {labels}"
    figures = ", ".join(_text(each) for each in classes.figures)
    return f"Test accuracy by class, from the baseline to this file: {figures}"


def payment(classes: FileClasses) -> str:
    """Say which classes have fallen beyond noise, and which is the weakest; empty if unknown."""
    if not classes.figures:
        return ""
    weakest = min(classes.figures, key=lambda each: each.accuracy)
    ending = (
        f"The weakest class is {weakest.name}: {weakest.dense_accuracy:.1%} in the baseline, "
        f"{weakest.accuracy:.1%} here."
    )
    if not classes.paid:
        return f"On the test images, no class is worse than in the baseline beyond noise. {ending}"
    return (
        "On the test images, these classes paid for the compression beyond noise: "
        f"{_named(classes.paid)}. {ending}"
    )


def in_brief(names: Sequence[str]) -> str:
    """Name the classes where they are few, else say how many there are; empty without names."""
    if not names:
        return ""
    few = len(names) <= _LISTED
    return f"classes: {', '.join(names)}" if few else f"{len(names)} classes, named in labels.txt"


def _named(classes: Sequence[ClassFigures]) -> str:
    more = len(classes) - _NAMED
    names = ", ".join(_text(each) for each in classes[:_NAMED])
    return f"{names} and {more} more" if more > 0 else names


def _text(figures: ClassFigures) -> str:
    return f"{figures.name} from {figures.dense_accuracy:.1%} to {figures.accuracy:.1%}"
