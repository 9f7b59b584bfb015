"""Make and measure the file of each target, those first that others are made of."""

import functools
from dataclasses import dataclass, field, replace
from pathlib import Path

from runner.data.dataset import Dataset
from runner.export.convert import Images, export
from runner.export.frozen_model import Exportable, Exportables
from runner.export.tflm.encoded_file import encoded_file
from runner.measure.class_table import Classes
from runner.measure.file_sizes import zipped_bytes, zstd_bytes
from runner.measure.measurement import Measurement, classify, measure
from runner.settings.targets import Target


@dataclass(frozen=True, eq=False)
class TargetFiles:
    """The files of one model in a folder, each made when it is asked for.

    Attributes:
        sources: the model, and what is converted of it.
        folder: where the files are written.
        data: images as the files take them.
        calibration: some of them, which integer files are calibrated with.
        threads: of LiteRT's interpreter.
        logits: whether the model gives logits rather than probabilities.
    """

    sources: Exportables
    folder: Path
    data: Dataset
    calibration: Images
    threads: int
    logits: bool
    _measured: dict[Target, Measurement] = field(default_factory=dict)

    def path(self, target: Target) -> Path:
        """Name the place of a file."""
        return self.folder / target.file_name

    def measure(self, target: Target) -> Measurement:
        """Make a file, with the one that it is encoded from, and measure it.

        Raises:
            Exception: of any kind, from the converter, an interpreter, or the disk.
        """
        if target not in self._measured:
            made = self._encode(target, target.source) if target.source else self._export(target)
            self._measured[target] = made
        return self._measured[target]

    def model_classes(self, target: Target) -> Classes:
        """Return the class that the model, which a file is made of, gives to each test image."""
        return self._classes(self._source(target))

    @functools.cached_property
    def _classes(self) -> "functools._lru_cache_wrapper[Classes]":
        images = self.data.test.images
        return functools.cache(lambda of: classify(of.model, images, self.logits))

    def _source(self, target: Target) -> Exportable:
        return self.sources.of(target.source or target)

    def _export(self, target: Target) -> Measurement:
        path = export(self._source(target), target, self.folder, self.calibration)
        return measure(target, path, self.data, self.threads, self.logits)

    def _encode(self, target: Target, source: Target) -> Measurement:
        """Encode the weights of another file: the answers of both are equal, bit for bit."""
        whole = self.measure(source)
        path = encoded_file(self.path(source), target, self.folder, self.data.test.images)
        return replace(
            whole,
            target=target,
            size_bytes=path.stat().st_size,
            zip_bytes=zipped_bytes(path),
            zstd_bytes=zstd_bytes(path),
            arena_bytes=None,
        )
