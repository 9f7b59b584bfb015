"""Measure the files of a kept result again: figures that contradict them are not logged."""

import math
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import h5py  # type: ignore[import-untyped]

from runner.backend import keras, make_repeatable, save_h5
from runner.channels.layer_counts import CHANNELS, channels_csv, share_kept
from runner.channels.narrow import remove_channels
from runner.device.table import TABLE
from runner.device.wanted import Wanted
from runner.export.tflm.encoded_file import encoded_file
from runner.export.tflm.makeable import makeable
from runner.measure import correct_table
from runner.measure.file_sizes import zipped_bytes
from runner.measure.measurement import classify, litert_classifier
from runner.models import build
from runner.models.deploy import deployable
from runner.models.outputs import gives_logits
from runner.point.class_record import labels_text
from runner.point.context import PointContext
from runner.point.deliver import as_files_take_it
from runner.point.kept_answers import KeptAnswers
from runner.point.kept_devices import KeptDevices, Untrue
from runner.point.reference import Reference
from runner.prune.sparsity import measure_sparsity, sparsity_figures
from runner.settings.targets import Target
from runner.training.cached_weights import give_weights


@dataclass(frozen=True)
class KeptFigures:
    """The figures of a kept result, and the files that they are said to belong to.

    Attributes:
        figures: metrics by their names.
        texts: tables by their names.
        folder: where the files lie.
        reference: what they were compared with.
    """

    context: PointContext
    figures: Mapping[str, float]
    texts: Mapping[str, str]
    folder: Path
    reference: Reference

    def require_true(self) -> None:
        """Measure each file again, and compare.

        Raises:
            Untrue: a figure contradicts its file, or the file is not of this point.
            Exception: of any kind, from Keras or LiteRT, for a file that they cannot read.
        """
        settings = self.context.settings
        make_repeatable(settings.seed, settings.threads)
        built = self._built()
        taken, scale = as_files_take_it(self.context, built)
        model, logits = deployable(built, scale), gives_logits(built)
        if (self.folder / "labels.txt").read_bytes() != labels_text(taken).encode():
            raise Untrue("labels.txt names other classes")
        targets = makeable(settings.export.targets, settings.compress.name)
        table = self.texts.get(correct_table.TABLE, "")
        answers = KeptAnswers(table, self.figures, self.reference.correct)
        answers.require_figures(targets, taken)
        for target in targets:
            path = self.folder / target.file_name
            self._require_bytes(target, path)
            if target is Target.H5:
                self._require_own_h5(model, path)
                answers.require_true(target, lambda images: classify(model, images, logits), taken)
            else:
                source = self._require_encoded(target, path) if target.source else path
                run = litert_classifier(source, settings.threads, logits)
                answers.require_true(target, run, taken)
        files = {target: self.folder / target.file_name for target in targets}
        devices = KeptDevices(self.texts.get(TABLE, ""), self.figures, files)
        devices.require_true(Wanted.of(settings), taken.test.images)

    def _built(self) -> keras.Model:
        """Build an untrained model with as many channels as the files have, whichever they are."""
        asked, data = self.context.settings, self.context.data
        model = build.build(asked.architecture, data.shape, data.class_set)
        kept, table = 1.0, ""
        if asked.channels.removes:
            model, counts = remove_channels(model, asked.channels)
            kept, table = share_kept(counts), channels_csv(counts)
        expected = {"channels_kept": kept, "parameters": model.count_params()}
        for name, value in expected.items():
            if not math.isclose(self.figures[name], value, rel_tol=1e-9):
                raise Untrue(f"{name} is {self.figures[name]:g}; the settings leave {value:g}")
        if self.texts.get(CHANNELS, "") != table:
            raise Untrue(f"{CHANNELS} is not that of the settings")
        return model

    def _require_bytes(self, target: Target, path: Path) -> None:
        """Compare all that is counted in bytes, and the shares made of it."""
        size, zipped = path.stat().st_size, zipped_bytes(path)
        self._require(target, "size_bytes", size)
        self._require(target, "zip_bytes", zipped)
        self._require(target, "zip_ratio", self.reference.zip_bytes / zipped)
        accuracy = self.figures[f"accuracy/{target}"]
        self._require(target, "accuracy_drop", self.reference.accuracy - accuracy)
        if not 0 <= self.figures[f"agreement/{target}"] <= 1:
            raise Untrue(f"agreement/{target} is no share")

    def _require(self, target: Target, name: str, found: float) -> None:
        claimed = self.figures[f"{name}/{target}"]
        if not math.isclose(claimed, found, rel_tol=1e-9, abs_tol=1e-9):
            raise Untrue(f"{name}/{target} is {claimed:g}; the file has {found:g}")

    def _require_own_h5(self, model: keras.Model, path: Path) -> None:
        """Give the model of the settings the weights of the file, which must describe that model.

        So there is nothing else in it that whoever loads it would run.
        """
        with path.open("rb") as file:
            give_weights(model, file)
        with tempfile.TemporaryDirectory() as folder:
            own = Path(folder) / path.name
            save_h5(model, str(own))
            if _description(own) != _description(path):
                raise Untrue(f"{path.name} describes another model")
        sparsity = sparsity_figures(measure_sparsity(model, {}))["sparsity"]
        if not math.isclose(self.figures["sparsity"], sparsity, abs_tol=1e-9):
            raise Untrue(f"sparsity is {self.figures['sparsity']:g}; the h5 file has {sparsity:g}")

    def _require_encoded(self, target: Target, path: Path) -> Path:
        """Encode a file again from its source, and return that: it gives the same answers."""
        source = self.folder / (target.source or target).file_name
        with tempfile.TemporaryDirectory() as folder:
            if encoded_file(source, target, Path(folder)).read_bytes() != path.read_bytes():
                raise Untrue(f"{path.name} is not encoded from {source.name}")
        return source


def _description(path: Path) -> tuple[dict[str, str], list[str]]:
    """Read all that Keras makes a model of, except for weights."""
    with h5py.File(path, "r") as file:
        return {name: str(value) for name, value in file.attrs.items()}, sorted(file)
