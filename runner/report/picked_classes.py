"""Read how the file to ship does on each class, and which answers it and its baseline give."""

from dataclasses import dataclass

from runner.results.choice import File
from runner.results.class_figures import FileClasses, file_classes
from runner.results.confusion import Confusion, confusion
from runner.settings.targets import Target
from runner.tracking import Record, Store


@dataclass(frozen=True)
class PickedClasses:
    """The classes of a file to ship; all is empty or None for runs of earlier versions.

    Attributes:
        file: the file.
        classes: its figures by class.
        dense: the answers of the h5 file of the baseline that it was made from.
        pruned: its own answers.
    """

    file: File
    classes: FileClasses
    dense: Confusion | None
    pruned: Confusion | None


def picked_classes(store: Store, file: File, baseline: Record | None) -> PickedClasses:
    """Read the classes of a file to ship.

    Args:
        baseline: the run of the baseline that it was made from.
    """
    return PickedClasses(
        file=file,
        classes=file_classes(store, file),
        dense=confusion(store, baseline, Target.H5) if baseline else None,
        pruned=confusion(store, file.point, file.target),
    )
