"""Load a data set as images and labels in three splits, with a digest of its content."""

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from runner.data import sources
from runner.data.arrays import Array
from runner.data.classes import Classes
from runner.data.division import divide
from runner.data.scale import RAW, Scale, scale_of
from runner.data.split import Split
from runner.errors import ImpossiblePoint
from runner.settings import AugmentSettings, DatasetSettings


@dataclass(frozen=True)
class Dataset:
    """Hold the images for training, for choosing between models, and for testing.

    Attributes:
        name: name of the data set in the settings.
        source: file, folder or function that it comes from.
        train: images to train on.
        validation: images to choose a model by; the tail of the stored training images, where they
            have no folder of their own.
        test: images to report accuracy on.
        class_set: the classes, in the order of the labels.
        digest: 16 hexadecimal digits that identify the content, the split and the scale.
        scale: how the images came from pixels.
        augment: how training images vary from epoch to epoch.
        model_classes: names of the model's classes, in the order of its outputs; None where
            nobody has named them.
    """

    name: str
    source: str
    train: Split
    validation: Split
    test: Split
    class_set: Classes
    digest: str
    scale: Scale
    augment: AugmentSettings = field(default_factory=AugmentSettings)
    model_classes: tuple[str, ...] | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """Return the shape of one image: height, width and channels, or that of other data."""
        return self.train.images.one

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names of the classes, in the order of the labels."""
        return self.class_set.names

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return len(self.class_set)

    def for_model(self, input_shape: tuple[int, ...], outputs: int) -> "Dataset":
        """Return the data as a model takes it: images in its shape, labels that name its outputs.

        Nothing is copied but the labels.

        Args:
            input_shape: shape of one image, as (784,) for (28, 28, 1).
            outputs: how many classes the model tells apart.

        Raises:
            ValueError: the images do not fit into that shape, or the classes are not the model's.
        """
        if math.prod(input_shape) != math.prod(self.shape):
            raise ValueError(f"images of shape {self.shape} cannot be taken as {input_shape}")
        if input_shape == self.shape:
            return self.for_outputs(outputs)

        def taken(split: Split) -> Split:
            return replace(split, images=split.images.reshaped(input_shape))

        return self.for_outputs(outputs)._map(taken)

    def for_outputs(self, outputs: int) -> "Dataset":
        """Return the same images with labels that name the outputs of a model.

        Args:
            outputs: how many classes the model tells apart.

        Raises:
            ValueError: the classes are not the model's.
        """
        positions = self.class_set.outputs(outputs, self.model_classes)
        names = self.class_set.names_of(outputs, self.model_classes)
        if names == self.class_names and positions == tuple(range(outputs)):
            return self
        mapping = np.asarray(positions, np.int64)

        def labelled(split: Split) -> Split:
            return replace(split, labels=mapping[split.labels])

        mapped = replace(self._map(labelled), class_set=Classes(names, None))
        return replace(mapped, model_classes=None)

    def in_pixels(self) -> "Dataset":
        """Return the same data with images as pixels from 0 to 255, before they were scaled."""

        def unscaled(split: Split) -> Split:
            return replace(split, images=split.images.as_pixels())

        return replace(self._map(unscaled), scale=RAW)

    def _map(self, change: Callable[[Split], Split]) -> "Dataset":
        train, validation, test = map(change, (self.train, self.validation, self.test))
        return replace(self, train=train, validation=validation, test=test)


# The arrays stay in memory: all points of a sweep in this process share them.
@functools.lru_cache(maxsize=4)
def load(settings: DatasetSettings, cache: Path) -> Dataset:
    """Load the data set and split off the validation images, the tail of the training images.

    Args:
        settings: which data set, and the share of its training images to validate on.
        cache: folder for downloaded and decoded data sets.

    Raises:
        ImpossiblePoint: there are not as many images as asked for.
        Refused: the files are missing, unreadable or inconsistent, or a split is empty.
    """
    arrays, source = sources.read(settings, cache)
    scale = scale_of(settings.scale, settings.mean, settings.std)
    _require_channels(scale, arrays.x_train, settings)
    labels, classes = arrays.labels()
    if settings.name == "image_folder":
        # These numbers are the runner's own: they say nothing of the outputs of a model.
        classes = replace(classes, values=None)
    splits, division = divide(settings, arrays, labels, scale)
    return Dataset(
        name=settings.name,
        source=source,
        train=splits["train"],
        validation=splits["validation"],
        test=splits["test"],
        class_set=classes,
        digest=arrays.digest(division),
        scale=scale,
    )


def _require_channels(scale: Scale, images: Array, settings: DatasetSettings) -> None:
    channels = images.shape[3] if images.ndim == 4 else 1
    if scale.channels not in (None, channels):
        raise ImpossiblePoint(
            f"dataset.scale={scale.name}: takes images of {scale.channels} channels; "
            f"dataset={settings.name} has {channels}"
        )
