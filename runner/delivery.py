"""A finished model goes in; its files and figures, one target after the other, come out logged."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from runner.backend import keras
from runner.data import Dataset
from runner.export import export, representative_images
from runner.frozen import Exportable, exportable
from runner.latency import processor, time_file
from runner.measure import Classes, Images, Measurement, agreement, classify, measure
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

    def __init__(self, reason: str, targets: Sequence[Target]) -> None:
        super().__init__(reason)
        self.targets = targets


@dataclass(frozen=True)
class Delivery:
    """Where the files and figures of a model go, and what they are compared with.

    A baseline has no reference yet: its own h5 file, which comes first, becomes it.
    """

    run: Run
    folder: Path
    data: Dataset
    settings: Settings
    reference: Reference | None = None

    def describe(self, history: History, layers: Sequence[LayerSparsity]) -> None:
        """Log how training went, by epoch, and the sparsity reached, in all and by layer."""
        self.run.log_history(history)
        sparsity = total_sparsity(layers)
        reached = {"sparsity": sparsity, "sparsity_error": sparsity - total_asked(layers)}
        self.run.log_metrics(reached)
        self.run.log_text(as_csv(layers), "layers.csv")

    def deliver(self, model: keras.Model, targets: Sequence[Target]) -> list[Measurement]:
        """Export, measure and log each target, one after the other.

        Raises:
            TargetsFailed: at the end, naming each target that failed and why.
        """
        expected = classify(model, self.data.test.images)
        number = self.settings.export.representative_images
        calibration = representative_images(self.data.train.images, number, self.settings.seed)
        measured: list[Measurement] = []
        failures: dict[Target, str] = {}
        reference = self.reference
        with exportable(model) as source:
            for target in targets:
                # A converter may raise anything: one target's loss must not become another's.
                try:
                    file = self._file(source, target, calibration)
                except Exception as error:
                    log.exception("%s failed", target)
                    failures[target] = f"{target} failed: {one_line(error)}"
                    continue
                if reference is None and target is Target.H5:
                    reference = Reference(self.run.id, file.zip_bytes, file.accuracy)
                self.run.log_metrics(_figures(file, expected, reference))
                measured.append(file)
        if failures:
            raise TargetsFailed("; ".join(failures.values()), list(failures))
        return measured

    def _file(self, source: Exportable, target: Target, calibration: Images) -> Measurement:
        """Export, measure and log one file."""
        path = export(source, target, self.folder, calibration)
        file = measure(target, path, self.data, self.settings.threads)
        if self.settings.measure.latency and target is not Target.H5:
            self._time(path, target)
        self.run.log_file(path, "models")
        return file

    def _time(self, path: Path, target: Target) -> None:
        """Log how long a file takes for one image, and on what."""
        latency = time_file(path, self.data.test.images)
        figures = {"latency_ms": latency.median_ms, "latency_p90_ms": latency.p90_ms}
        self.run.log_metrics({f"{name}/{target}": value for name, value in figures.items()})
        self.run.tag("runner.cpu", processor())


def _figures(file: Measurement, expected: Classes, reference: Reference | None) -> dict[str, float]:
    """Name the metrics of a file, each with its target at the end."""
    figures = {
        "size_bytes": float(file.size_bytes),
        "zip_bytes": float(file.zip_bytes),
        "accuracy": file.accuracy,
        "validation_accuracy": file.validation_accuracy,
        "agreement": agreement(file.test_classes, expected),
    }
    if reference:
        figures["zip_ratio"] = reference.zip_bytes / file.zip_bytes
        figures["accuracy_drop"] = reference.accuracy - file.accuracy
    return {f"{name}/{file.target}": value for name, value in figures.items()}
