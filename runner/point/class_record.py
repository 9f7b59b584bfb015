"""Log the names of a model's classes, and what each of its files answers for each of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from runner.data.dataset import Dataset
from runner.escaping.terminal import encodable
from runner.measure.class_table import Classes, classes_csv, confusion_csv
from runner.measure.measurement import Measurement
from runner.settings.targets import Target
from runner.tracking import Run


@dataclass(frozen=True)
class ClassRecord:
    """What a run says of classes.

    Attributes:
        run: where it is logged.
        data: the images as the model takes them, with a name for each of its outputs.
        dense: the class that the dense model gives to each test image, as a number.
    """

    run: Run
    data: Dataset
    dense: Classes

    def log_labels(self, folder: Path) -> None:
        """Write the names beside the files, one a line, in the order of the model's outputs."""
        path = folder / "labels.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(labels_text(self.data), encoding="utf-8")
        self.run.log_file(path, "models")

    def log_confusion(self, file: Measurement) -> None:
        """Log which answers a file gives to the test images of each class."""
        table = confusion_csv(self._names, self.data.test.labels, file.test_classes)
        self.run.log_text(table, f"confusion/{file.target}.csv")

    def table(self, files: Mapping[Target, Measurement], earlier: str) -> str:
        """Return how the files do on each class; columns of other files are kept.

        Args:
            earlier: the run's table, if it has one.
        """
        answers = {str(target): file.test_classes for target, file in files.items()}
        return classes_csv(self._names, self.data.test.labels, answers, self.dense, earlier)

    @property
    def _names(self) -> list[str]:
        return _in_one_line(self.data)


def labels_text(data: Dataset) -> str:
    """Write the names of the classes one a line, in the order of the model's outputs."""
    return "".join(f"{name}\n" for name in _in_one_line(data))


def _in_one_line(data: Dataset) -> list[str]:
    """Return the names, each in one line: one of two would shift all others."""
    return [encodable(" ".join(name.splitlines())) for name in data.class_names]
