"""Measure the bytes, the memory and the accuracy of an exported file."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from runner.backend import keras, tf
from runner.data.dataset import Dataset
from runner.data.images import AnyImages, at_once
from runner.measure.class_table import Classes
from runner.measure.correct_table import Correct
from runner.measure.file_sizes import zipped_bytes, zstd_bytes
from runner.measure.quantization import classes_of
from runner.measure.scores import FileScores
from runner.measure.tensor_arena import arena_bytes
from runner.models.outputs import class_scores
from runner.settings.targets import Target

_BATCH = 200


@dataclass(frozen=True)
class Measurement:
    """Hold the figures of one exported file.

    Attributes:
        target: the target that the file belongs to.
        size_bytes: size of the file.
        zip_bytes: size of a zip that holds just this file.
        zstd_bytes: size of one Zstandard frame that holds this file.
        arena_bytes: memory that LiteRT's interpreter takes for the tensors of one image, or of its
            batch where that is larger; None where it is not known.
        correct: which images it classifies right.
        test_classes: class given to each test image, int64, shape (N,).
    """

    target: Target
    size_bytes: int
    zip_bytes: int
    zstd_bytes: int
    arena_bytes: int | None
    correct: Correct
    test_classes: Classes

    @property
    def accuracy(self) -> float:
        """Share of correct answers for the test images, from 0 to 1."""
        return float(np.mean(self.correct.test))

    @property
    def validation_accuracy(self) -> float:
        """The same for the validation images."""
        return float(np.mean(self.correct.validation))

    def __str__(self) -> str:
        """Return the key figures in a few words."""
        return f"{self.target} {self.zip_bytes:,} B zipped, {self.accuracy:.2%}"


def measure(
    target: Target, path: Path, data: Dataset, threads: int, logits: bool = False
) -> Measurement:
    """Read a file back from disk, run it on all validation and test images, and measure it.

    Args:
        data: images in the shape that the file takes.
        threads: number of threads of LiteRT's interpreter.
        logits: whether the file gives logits rather than probabilities.

    Raises:
        Exception: of any kind, from Keras or LiteRT, for a file that they cannot read or run.
    """
    if target is Target.H5:
        run = _keras_classifier(path, logits)
    else:
        run = litert_classifier(path, threads, logits)
    test = run(data.test.images)
    right = run(data.validation.images) == data.validation.labels
    return Measurement(
        target=target,
        size_bytes=path.stat().st_size,
        zip_bytes=zipped_bytes(path),
        zstd_bytes=zstd_bytes(path),
        arena_bytes=arena_bytes(path) if target.conversion else None,
        correct=Correct(data.digest, right, test == data.test.labels),
        test_classes=test,
    )


def agreement(first: Classes, second: Classes) -> float:
    """Return the share of images, from 0 to 1, to which two files give the same class."""
    return float(np.mean(first == second))


def classify(model: keras.Model, images: AnyImages, logits: bool = False) -> Classes:
    """Return the class with the highest score for each image.

    Args:
        images: float32, shape (N, ...), as the model takes them.
        logits: whether the model gives logits rather than probabilities.

    Returns:
        Classes as int64, shape (N,).
    """
    return _classifier(model, logits)(images)


def _classifier(model: keras.Model, logits: bool) -> Callable[[AnyImages], Classes]:
    # Not predict(), which takes more time to trace than to run a few thousand images.
    traced = tf.function(
        lambda batch: tf.argmax(class_scores(model(batch, training=False), logits), axis=-1),
        autograph=False,
        reduce_retracing=True,
    )
    return lambda images: _by_batch(lambda batch: traced(batch).numpy(), images)


def _by_batch(run: Callable[[NDArray[np.float32]], Classes], images: AnyImages) -> Classes:
    size = at_once(images, _BATCH)
    batches = range(0, len(images), size)
    return np.concatenate([run(images[start : start + size]) for start in batches])


def _keras_classifier(path: Path, logits: bool) -> Callable[[AnyImages], Classes]:
    model = keras.models.load_model(str(path), compile=False)
    return _classifier(model, logits)


def litert_classifier(path: Path, threads: int, logits: bool) -> Callable[[AnyImages], Classes]:
    """Return what gives the class of the highest score, for a TFLite file, as `classify` does."""
    scores = FileScores(path, threads)
    return lambda images: classes_of(scores(images), scores.output, logits)
