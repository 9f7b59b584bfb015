"""Time how long files for one image take to be exported and measured, beside files for any number.

python -m benchmarks.batch

In seconds of the processor, which other programs change less, on one thread, with random images of
MNIST's shape, for four kinds of TFLite file together.
"""

import tempfile
import time
from pathlib import Path

import numpy as np

from runner.backend import keras, make_repeatable
from runner.export.convert import export
from runner.export.frozen_model import exportables
from runner.measure.scores import FileScores
from runner.models import architectures
from runner.settings.targets import Target

# The last one holds its batch in its files: they are measured image by image.
_RESHAPED = "mnist_cnn with Reshape"
_NETWORKS = ("mnist_cnn", "lenet_300_100", "depthwise_cnn", "resnet_small", _RESHAPED)
_TARGETS = (
    Target.TFLITE_FLOAT32,
    Target.TFLITE_FLOAT16,
    Target.TFLITE_DYNAMIC,
    Target.TFLITE_INT8,
)
_SHAPE, _IMAGES, _CALIBRATION, _CLASSES = (28, 28, 1), 4_000, 200, 10
_RUNS = 3


def main() -> None:
    """Measure and print."""
    images = np.random.default_rng(0).random((_IMAGES, *_SHAPE), dtype=np.float32)
    print(
        "| network | open batch: export, measure | one image | times as long | measured at once |"
    )
    print("|---|---|---|---|---|")
    for name in _NETWORKS:
        make_repeatable(0, 1)
        model = _network(name)
        runs = [(_seconds(model, None, images), _seconds(model, 1, images)) for _ in range(_RUNS)]
        before, after = (
            min(kind, key=lambda run: run[0] + run[1]) for kind in zip(*runs, strict=True)
        )
        ratio = sum(after[:2]) / sum(before[:2])
        print(
            f"| {name} | {before[0]:.1f} s, {before[1]:.1f} s | {after[0]:.1f} s, {after[1]:.1f} s "
            f"| {ratio:.2f} | {after[2]} |"
        )


def _network(name: str) -> keras.Model:
    if name != _RESHAPED:
        return architectures.build(name, _SHAPE, _CLASSES)
    layers = keras.layers
    image = layers.Input(_SHAPE)
    value = layers.MaxPooling2D()(layers.Conv2D(12, 3, activation="relu")(image))
    row = layers.Reshape((13 * 13 * 12,))(value)
    return keras.Model(image, layers.Dense(_CLASSES, "softmax")(row))


def _seconds(model: keras.Model, batch: int | None, images: np.ndarray) -> tuple[float, float, int]:
    """Return seconds of exporting and of measuring, and how many images went in at a time."""
    images = images.reshape(len(images), *model.input_shape[1:])
    exported = measured = 0.0
    with tempfile.TemporaryDirectory() as name, exportables(model, batch=batch) as sources:
        for target in _TARGETS:
            started = time.process_time()
            path = export(sources.plain, target, Path(name), images[:_CALIBRATION])
            ended = time.process_time()
            scores = FileScores(path, 1)
            scores(images)
            exported += ended - started
            measured += time.process_time() - ended
    return exported, measured, scores.at_once


if __name__ == "__main__":
    main()
