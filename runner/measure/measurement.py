"""An exported file and the data go in; its bytes, its zipped bytes and its accuracy come out."""

import functools
import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
from numpy.typing import NDArray

from runner.backend import Interpreter, keras, tf
from runner.data.dataset import Dataset, Split
from runner.measure.tensor_arena import arena_bytes
from runner.process.capture import stderr_to_log
from runner.settings.targets import Target

_BATCH = 200
# Of Zstandard; the highest of the usual levels: those above need more memory to unpack.
_ZSTD_LEVEL = 19
# ZIP's own beginning of time: the same bytes give the same zip at any hour.
_TIMESTAMP = (1980, 1, 1, 0, 0, 0)

Images = NDArray[np.float32]
Classes = NDArray[np.int64]


@dataclass(frozen=True)
class Measurement:
    """What one exported file weighs, in bytes, and how it does, as shares of all images.

    The arena is what LiteRT's interpreter takes for one image, where it tells.
    """

    target: Target
    size_bytes: int
    zip_bytes: int
    zstd_bytes: int
    arena_bytes: int | None
    accuracy: float
    validation_accuracy: float
    test_classes: Classes

    def __str__(self) -> str:
        """Say the key figures in a few words."""
        return f"{self.target} {self.zip_bytes:,} B zipped, {self.accuracy:.2%}"


def measure(target: Target, path: Path, data: Dataset, threads: int) -> Measurement:
    """Measure the file as it lies on disk: it is read back, and run over all images."""
    run = _keras(path) if target is Target.H5 else _litert(path, threads)
    test = run(data.test.images)
    validation = run(data.validation.images)
    return Measurement(
        target=target,
        size_bytes=path.stat().st_size,
        zip_bytes=zipped_bytes(path),
        zstd_bytes=zstd_bytes(path),
        arena_bytes=arena_bytes(path) if target.conversion else None,
        accuracy=_accuracy(test, data.test),
        validation_accuracy=_accuracy(validation, data.validation),
        test_classes=test,
    )


def zipped_bytes(path: Path) -> int:
    """Count the bytes of a zip, deflated at the default level, that holds just this file."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", compression=zipfile.ZIP_DEFLATED) as file:
        entry = zipfile.ZipInfo(path.name, _TIMESTAMP)
        entry.compress_type = zipfile.ZIP_DEFLATED
        file.writestr(entry, path.read_bytes())
    return len(archive.getvalue())


def agreement(one: Classes, other: Classes) -> float:
    """Return the share of images to which both files give the same class."""
    return float(np.mean(one == other))


def _accuracy(classes: Classes, split: Split) -> float:
    return float(np.mean(classes == split.labels))


def classify(model: keras.Model, images: Images) -> Classes:
    """Return the class that the model gives the highest score, for each image."""
    return _classifier(model)(images)


def _classifier(model: keras.Model) -> Callable[[Images], Classes]:
    # Not predict(): it spends more time on tracing than on a few thousand images.
    traced = tf.function(
        lambda batch: tf.argmax(model(batch, training=False), axis=-1),
        autograph=False,
        reduce_retracing=True,
    )
    return lambda images: _by_batch(lambda batch: traced(batch).numpy(), images)


def _by_batch(run: Callable[[Images], Classes], images: Images) -> Classes:
    batches = range(0, len(images), _BATCH)
    return np.concatenate([run(images[at : at + _BATCH]) for at in batches])


def _keras(path: Path) -> Callable[[Images], Classes]:
    model = keras.models.load_model(str(path), compile=False)
    return _classifier(model)


def _litert(path: Path, threads: int) -> Callable[[Images], Classes]:
    with stderr_to_log():
        interpreter = Interpreter(str(path), num_threads=threads)
        interpreter.allocate_tensors()

    return lambda images: _by_batch(functools.partial(_invoke, interpreter), images)


def _invoke(interpreter: Any, images: Images) -> Classes:
    (taken,) = interpreter.get_input_details()
    (given,) = interpreter.get_output_details()
    if tuple(taken["shape"]) != images.shape:
        interpreter.resize_tensor_input(taken["index"], images.shape)
        interpreter.allocate_tensors()
    interpreter.set_tensor(taken["index"], quantize_images(images, taken))
    interpreter.invoke()
    # Dequantizing keeps the order of the scores, so the largest can be taken as it is.
    return np.asarray(interpreter.get_tensor(given["index"]).argmax(axis=-1))


def quantize_images(images: Images, tensor: Mapping[str, Any]) -> NDArray[Any]:
    """Turn images into the numbers that the input tensor expects."""
    if tensor["dtype"] is np.float32:
        return images
    scale, zero_point = tensor["quantization"]
    limits = np.iinfo(tensor["dtype"])
    steps = np.round(images / scale) + zero_point
    return np.asarray(steps.clip(limits.min, limits.max), dtype=tensor["dtype"])


def zstd_bytes(path: Path) -> int:
    """Count the bytes of one Zstandard frame, at level 19, that holds this file."""
    return len(pa.Codec("zstd", _ZSTD_LEVEL).compress(path.read_bytes(), asbytes=True))
