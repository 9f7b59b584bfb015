"""A path of mnist.npz and one point go in; the point is run as a notebook would, and it prints.

    python -m benchmarks.notebook_way FOLDER/mnist.npz INITIAL FINAL EPOCHS

The way of TensorFlow's pruning tutorial, as one script: dense training, pruning, every file
exported, zipped and judged. It serves as the measure of speed, and is no example to follow.
"""

import os
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ["TF_USE_LEGACY_KERAS"] = "1"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import tensorflow as tf
import tensorflow_model_optimization as tfmot
import tf_keras as keras
from ai_edge_litert.interpreter import Interpreter

_BATCH, _HELD = 32, 0.1


def main() -> None:
    """Run the point."""
    path, initial, final, epochs = sys.argv[1:]
    data = np.load(path)
    train, test = data["x_train"] / 255.0, data["x_test"] / 255.0
    model = _dense(train, data["y_train"])
    print("baseline", model.evaluate(test, data["y_test"], verbose=0)[1])
    steps = int(np.ceil(len(train) * (1 - _HELD) / _BATCH)) * int(epochs)
    schedule = tfmot.sparsity.keras.PolynomialDecay(float(initial), float(final), 0, steps)
    pruned = tfmot.sparsity.keras.prune_low_magnitude(model, pruning_schedule=schedule)
    _fit(pruned, train, data["y_train"], int(epochs), [tfmot.sparsity.keras.UpdatePruningStep()])
    print("pruned", pruned.evaluate(test, data["y_test"], verbose=0)[1])
    with tempfile.TemporaryDirectory() as folder:
        stripped = tfmot.sparsity.keras.strip_pruning(pruned)
        h5 = Path(folder) / "h5.h5"
        stripped.save(h5, include_optimizer=False)
        print("h5", _zipped(h5))
        for name in ("float32", "float16", "dynamic", "int8"):
            file = Path(folder) / f"{name}.tflite"
            file.write_bytes(_converted(stripped, name, train))
            print(name, _zipped(file), _accuracy(file, test, data["y_test"]))


def _dense(images: Any, labels: Any) -> keras.Model:
    model = keras.Sequential(
        [
            keras.layers.InputLayer(input_shape=(28, 28)),
            keras.layers.Reshape((28, 28, 1)),
            keras.layers.Conv2D(12, (3, 3), activation="relu"),
            keras.layers.MaxPooling2D((2, 2)),
            keras.layers.Flatten(),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    _fit(model, images, labels, 1, [])
    return model


def _fit(model: keras.Model, images: Any, labels: Any, epochs: int, callbacks: list[Any]) -> None:
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(), ["accuracy"])
    model.fit(images, labels, _BATCH, epochs, 0, callbacks, validation_split=_HELD, shuffle=False)


def _converted(model: keras.Model, name: str, images: Any) -> bytes:
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if name != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if name == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if name == "int8":

        def samples() -> Iterator[list[Any]]:
            return ([image[np.newaxis].astype(np.float32)] for image in images[:200])

        converter.representative_dataset = samples
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
    return bytes(converter.convert())


def _accuracy(file: Path, images: Any, labels: Any) -> float:
    """Judge one image after the other, as the tutorial does."""
    interpreter = Interpreter(str(file))
    interpreter.allocate_tensors()
    (taken,), (given,) = interpreter.get_input_details(), interpreter.get_output_details()
    right = 0
    for image, label in zip(images, labels, strict=True):
        batch = image[np.newaxis].astype(np.float32)
        if taken["dtype"] is np.int8:
            scale, zero = taken["quantization"]
            batch = np.clip(np.rint(batch / scale) + zero, -128, 127).astype(np.int8)
        interpreter.set_tensor(taken["index"], batch)
        interpreter.invoke()
        right += interpreter.get_tensor(given["index"])[0].argmax() == label
    return float(right / len(labels))


def _zipped(file: Path) -> int:
    archive = file.with_suffix(".zip")
    with zipfile.ZipFile(archive, "w", compression=zipfile.ZIP_DEFLATED) as zipped:
        zipped.write(file)
    return archive.stat().st_size


if __name__ == "__main__":
    main()
