"""Read how a file does on each class, beside the dense model that it was made from."""

from dataclasses import dataclass
from typing import Any

from runner.escaping.spreadsheet import csv_records
from runner.results.choice import File
from runner.settings.targets import Target
from runner.statistics.sign_test import chance_of_fall
from runner.tracking import Record, Store
from runner.tracking.texts import read_text

LABELS, _TABLE = "models/labels.txt", "classes.csv"
# How likely it may be that some class seems to have fallen where none has.
_DOUBT = 0.05


@dataclass(frozen=True)
class ClassFigures:
    """How a file does on the test images of one class.

    Attributes:
        name: of the class.
        images: number of its test images, at least one.
        right: number of them that the file classifies right.
        lost: number of them that the dense model alone has right.
        gained: number of them that the file alone has right.
        beyond_noise: whether its accuracy is lower than the dense model's by more than chance
            explains, all classes considered.
    """

    name: str
    images: int
    right: int
    lost: int
    gained: int
    beyond_noise: bool

    @property
    def accuracy(self) -> float:
        """Share of the images that the file classifies right, from 0 to 1."""
        return self.right / self.images

    @property
    def dense_accuracy(self) -> float:
        """The same of the dense model."""
        return (self.right + self.lost - self.gained) / self.images

    @property
    def fall(self) -> float:
        """How far the accuracy is below that of the dense model, from -1 to 1."""
        return (self.lost - self.gained) / self.images

    @property
    def values(self) -> dict[str, Any]:
        """The figures as plain values."""
        return {
            "class": self.name,
            "test_images": self.images,
            "baseline_accuracy": self.dense_accuracy,
            "accuracy": self.accuracy,
            "paid": self.beyond_noise,
        }


@dataclass(frozen=True)
class FileClasses:
    """The names of the classes, in the order of a file's outputs, and how it does on each.

    Both are empty for runs of earlier versions; a class without test images has no figures.
    """

    names: tuple[str, ...] = ()
    figures: tuple[ClassFigures, ...] = ()

    @property
    def paid(self) -> list[ClassFigures]:
        """The classes whose accuracy has fallen beyond noise, the largest fall first."""
        fallen = [each for each in self.figures if each.beyond_noise]
        return sorted(fallen, key=lambda each: -each.fall)

    @property
    def values(self) -> dict[str, Any]:
        """Names and figures as plain values; nothing where nothing is known."""
        if not self.names:
            return {}
        return {"classes": [*self.names], "by_class": [each.values for each in self.figures]}


def class_names(store: Store, run: Record) -> tuple[str, ...]:
    """Name the classes in the order of a model's outputs; none for runs of earlier versions."""
    text = read_text(store, run, LABELS)
    return tuple(text.removesuffix("\n").split("\n")) if text else ()


def file_classes(store: Store, file: File) -> FileClasses:
    """Read the classes of a file from its run."""
    table = csv_records(read_text(store, file.point, _TABLE))
    lines = [line for line in table if line.get(f"accuracy/{file.target}")]
    figures = [_figures(line, file.target, len(lines)) for line in lines]
    return FileClasses(class_names(store, file.point), tuple(figures))


def _figures(line: dict[str, str], target: Target, classes: int) -> ClassFigures:
    images, lost, gained = (
        int(line[name]) for name in ("images", f"lost/{target}", f"gained/{target}")
    )
    return ClassFigures(
        name=line["class"],
        images=images,
        right=round(float(line[f"accuracy/{target}"]) * images),
        lost=lost,
        gained=gained,
        # Of many classes some fall by chance: each is asked for so much more (Bonferroni).
        beyond_noise=chance_of_fall(lost, gained) * classes < _DOUBT,
    )
