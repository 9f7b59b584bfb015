"""Export, measure and log a finished model, one target after the other."""

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from runner.backend import keras
from runner.data.dataset import Dataset
from runner.data.scale import Scale
from runner.device.table import TABLE
from runner.device.wanted import Wanted
from runner.errors import StepFailed, one_line
from runner.export.convert import representative_images
from runner.export.frozen_model import exportables
from runner.export.tflm.makeable import left_out, makeable
from runner.measure import correct_table
from runner.measure.class_table import Classes
from runner.measure.layer_table import WeightBytes, layers_csv
from runner.measure.measurement import Measurement, agreement
from runner.measure.weight_bytes import weight_bytes
from runner.models.deploy import deployable
from runner.models.outputs import gives_logits, taken_by
from runner.point.class_record import ClassRecord
from runner.point.context import PointContext
from runner.point.device_figures import DeviceFigures
from runner.point.drop_figures import drop_figures
from runner.point.reference import Reference
from runner.point.target_files import TargetFiles
from runner.prune.sparsity import LayerSparsity
from runner.settings.targets import Target
from runner.tracking import Run

log = logging.getLogger(__name__)

_LAYERS, _CLASSES = "layers.csv", "classes.csv"
# Reads a table of a run, by its name, as it was before; empty where there is none.
ReadTable = Callable[[str], str]
# The same, while nobody else writes the tables.
Tables = AbstractContextManager[ReadTable]


def no_tables() -> Tables:
    """Stand for the tables of a run that has none yet."""
    return nullcontext(lambda _: "")


class TargetsFailed(StepFailed):
    """Some targets have no file or no figures; the others have both."""

    def __init__(self, reason: str, targets: Sequence[Target]) -> None:
        super().__init__(reason)
        self.targets = targets


@dataclass(frozen=True)
class FinishedModel:
    """A model to deliver, its prunable weights as measured, and its quantization-aware self.

    The latter is there only after quantization-aware training; tflite_int8 is made of it.
    """

    model: keras.Model
    layers: Sequence[LayerSparsity]
    aware: keras.Model | None = None


@dataclass(frozen=True)
class Delivery:
    """Where the files and figures of a model go, and what they are compared with.

    A baseline has no reference yet: its own h5 file, which comes first, becomes it.

    Attributes:
        dense: the class that the dense model gives to each test image, as a number.
        compress: how the weights are compressed.
    """

    context: PointContext
    run: Run
    folder: Path
    dense: Classes
    reference: Reference | None = None
    compress: str = "none"

    def deliver(
        self, finished: FinishedModel, targets: Sequence[Target], earlier: Tables | None = None
    ) -> list[Measurement]:
        """Export, measure and log each target in turn, and the tables of all targets.

        Args:
            earlier: the run's tables, if it has some; what they have of other targets is kept.

        Raises:
            TargetsFailed: at the end, naming each target that failed and why.
        """
        measured: dict[Target, Measurement] = {}
        failures: dict[Target, str] = {}
        settings = self.context.settings
        data, scale = as_files_take_it(self.context, finished.model)
        finished = replace(finished, model=deployable(finished.model, scale))
        logits = gives_logits(finished.model)
        number = settings.export.representative_images
        classes = ClassRecord(self.run, data, self.dense)
        classes.log_labels(self.folder)
        calibration = representative_images(data.train.images, number, settings.seed)
        with exportables(finished.model, finished.aware, settings.export.batch) as sources:
            files = TargetFiles(sources, self.folder, data, calibration, settings.threads, logits)
            for target in self._makeable(targets):
                # A converter may raise anything: one target's loss must not become another's.
                try:
                    measured[target] = file = self._file(files, target)
                    reference = self.reference or _own_reference(self.run, measured)
                    self.run.log_metrics(_figures(file, files.model_classes(target), reference))
                    classes.log_confusion(file)
                except Exception as error:
                    log.exception("%s failed", target)
                    failures[target] = f"{target} failed: {one_line(error)}"
        self._log_tables(finished, classes, measured, earlier or no_tables())
        if failures:
            raise TargetsFailed("; ".join(failures.values()), list(failures))
        return list(measured.values())

    def _makeable(self, targets: Sequence[Target]) -> list[Target]:
        """Leave out what cannot be made here, in one line each."""
        for target, reason in left_out(targets, self.compress).items():
            log.info("%s is left out: it %s", target, reason)
        return makeable(targets, self.compress)

    def _log_tables(
        self,
        finished: FinishedModel,
        classes: ClassRecord,
        files: Mapping[Target, Measurement],
        earlier: Tables,
    ) -> None:
        weights = {str(target): self._weights(target, finished.model) for target in files}
        images = classes.data.test.images
        of_baseline = self.folder == self.context.baseline_folder
        name = "the baseline" if of_baseline else self.context.name
        wanted = replace(Wanted.of(self.context.settings), run=name)
        # Before the lock of the tables: it may take a while.
        devices = DeviceFigures.measure(self.run, self.folder, [*files.values()], wanted, images)
        with earlier as read:
            layers = layers_csv(finished.model, finished.layers, weights, read(_LAYERS))
            self.run.log_text(layers, _LAYERS)
            self.run.log_text(classes.table(files, read(_CLASSES)), _CLASSES)
            self.run.log_text(_correct(files, read(correct_table.TABLE)), correct_table.TABLE)
            self.run.log_text(devices.table(read(TABLE)), TABLE)

    def _file(self, files: TargetFiles, target: Target) -> Measurement:
        """Make, measure and log one file."""
        file = files.measure(target)
        self.run.log_file(files.path(target), "models")
        return file

    def _weights(self, target: Target, model: keras.Model) -> WeightBytes:
        """Read what each weight takes in a file; a file that cannot be read so is still a file."""
        try:
            return weight_bytes(self.folder / target.file_name, model)
        except Exception:
            log.exception("layers.csv lacks the bytes in %s", target)
            return {}


def as_files_take_it(context: PointContext, model: keras.Model) -> tuple[Dataset, Scale | None]:
    """Return the data that goes into files, and how they scale it where they do so."""
    data = taken_by(model, context.data)
    if not context.settings.dataset.scale_in_file:
        return data, None
    return data.in_pixels(), data.scale


def _own_reference(run: Run, measured: Mapping[Target, Measurement]) -> Reference | None:
    """Take the h5 file of a run that has nothing else to be compared with."""
    file = measured.get(Target.H5)
    return Reference(run.id, file.zip_bytes, file.accuracy) if file else None


def _correct(files: Mapping[Target, Measurement], earlier: str) -> str:
    bits = {target: file.correct for target, file in files.items()}
    return correct_table.correct_csv(bits, earlier)


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
        figures |= drop_figures(reference.correct, file.correct)
    return {f"{name}/{file.target}": value for name, value in figures.items()}
