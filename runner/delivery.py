"""A finished model goes in; its files and figures, one target after the other, come out logged."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from runner.backend import keras
from runner.data import Dataset
from runner.export import export, representative_images
from runner.measure import Measurement, agreement, measure
from runner.refusal import one_line
from runner.settings import Settings
from runner.sparsity import LayerSparsity, as_csv, total_asked, total_sparsity
from runner.targets import Target
from runner.tracking import Record, Run
from runner.training import History

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reference:
    """The figures of the baseline's h5 file that everything else is compared with."""

    run_id: str
    zip_bytes: float
    accuracy: float

    @classmethod
    def of(cls, baseline: Record) -> "Reference":
        """Read the reference from the baseline's run."""
        figures = baseline.metrics
        return cls(baseline.id, figures["zip_bytes/h5"], figures["accuracy/h5"])


class TargetsFailed(Exception):
    """Some targets have no file or no figures; the others have both."""


@dataclass(frozen=True)
class Delivery:
    """Where the files and figures of a model go, and what they are compared with.

    Without a reference, the model's own h5 file is the reference: it is a baseline.
    """

    run: Run
    folder: Path
    data: Dataset
    settings: Settings
    reference: Reference | None = None

    def describe(self, history: History, layers: Sequence[LayerSparsity]) -> None:
        """Log how training went, by epoch, and the sparsity reached, as a whole and by layer."""
        self.run.log_history(history)
        sparsity = total_sparsity(layers)
        figures = {"sparsity": sparsity, "sparsity_error": sparsity - total_asked(layers)}
        self.run.log_metrics(figures)
        self.run.log_text(as_csv(layers), "layers.csv")

    def deliver(self, model: keras.Model, targets: Sequence[Target]) -> list[Measurement]:
        """Export, measure and log each target.

        Raises:
            TargetsFailed: at the end, naming each target that failed and why.
        """
        calibration = self.settings.export.representative_images
        images = representative_images(self.data.train.images, calibration, self.settings.seed)
        measured: list[Measurement] = []
        failures: list[str] = []
        for target in targets:
            # A converter may raise anything, and one target's loss must not become another's.
            try:
                path = export(model, target, self.folder, images)
                measured.append(measure(target, path, self.data, self.settings.threads))
            except Exception as error:
                log.exception("%s failed", target)
                failures.append(f"{target} failed: {one_line(error)}")
            else:
                self.run.log_file(path, "models")
        self.run.log_metrics(figures(measured, self.reference))
        if failures:
            raise TargetsFailed("; ".join(failures))
        return measured


def figures(measured: Sequence[Measurement], reference: Reference | None) -> dict[str, float]:
    """Name the metrics of all files, each with its target at the end."""
    h5 = next((each for each in measured if each.target is Target.H5), None)
    compared = reference or h5
    named: dict[str, float] = {}
    for each in measured:
        values = {
            "size_bytes": float(each.size_bytes),
            "zip_bytes": float(each.zip_bytes),
            "accuracy": each.accuracy,
            "validation_accuracy": each.validation_accuracy,
        }
        if compared:
            values["zip_ratio"] = compared.zip_bytes / each.zip_bytes
            values["accuracy_drop"] = compared.accuracy - each.accuracy
        if h5 and each is not h5:
            values["agreement"] = agreement(each.test_classes, h5.test_classes)
        named |= {f"{name}/{each.target}": value for name, value in values.items()}
    return named
