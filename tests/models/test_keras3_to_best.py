"""A model of the current Keras, trained and saved there, goes from its file to the file to ship."""

import json
from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from tests.helpers.keras_3 import run_keras_3
from tests.helpers.project import Command
from tests.helpers.tiny import quick, write_npz

# Trained as tutorials of current TensorFlow do it, a block of layers as a model in the model.
_TRAIN = """
data = np.load("tiny.npz")
scaled = {name: data["x_" + name][..., None] / np.float32(255) for name in ("train", "test")}
block = keras.Sequential([
    keras.Input((8, 8, 8)),
    layers.DepthwiseConv2D(3, padding="same", use_bias=False),
    layers.BatchNormalization(momentum=0.6),
    layers.LeakyReLU(negative_slope=0.1),
], name="block")
image = keras.Input((8, 8, 1))
first = layers.Conv2D(8, 3, padding="same", activation="relu")(image)
value = layers.Flatten()(ops.relu(block(first) + first))
scores = layers.Dense(3, activation="softmax")(layers.Dropout(0.1)(value))
model = keras.Model(image, scores)
model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(scaled["train"], data["y_train"], 8, epochs=6, verbose=0)
model.save("mine.keras")
answers = model.predict(scaled["test"], verbose=0).argmax(-1)
open("accuracy", "w").write(str(np.mean(answers == data["y_test"])))
"""


@pytest.mark.long
def test_a_file_of_keras_3_goes_to_the_file_to_ship(
    command: Command, tool_in: Command, tmp_path: Path
) -> None:
    npz = write_npz(tmp_path / "tiny.npz")
    run_keras_3(_TRAIN, tmp_path)
    own = ["architecture=keras_file", "architecture.path=mine.keras", "export=all"]
    done = command("-m", *quick(npz), *own, "baseline.epochs=0", "schedule.final_sparsity=0.5,0.7")
    assert done.returncode == 0, done.stderr
    printed = done.stdout + done.stderr
    assert printed.count("mine.keras: converted from Keras 3.") == 1
    assert "outputs differ by at most " in printed
    images, labels = (np.load(npz)[name] for name in ("x_test", "y_test"))
    for target in ("tflite_float32", "tflite_int8"):
        file = tmp_path / f"{target}.tflite"
        wanted = ["--target", target, "--max-drop", "0.3", "--output", str(file), "--json"]
        done = tool_in(tmp_path, "best", "latest", *wanted)
        assert done.returncode == 0, done.stderr
        best = json.loads(done.stdout)
        accuracy = float((tmp_path / "accuracy").read_text())
        assert best["baseline"]["accuracy"] == pytest.approx(accuracy, abs=1e-6)
        recomputed = _accuracy(file, images, labels)
        assert best["figures"]["accuracy"] == pytest.approx(recomputed, abs=1e-6)
        assert recomputed > 0.6


def _accuracy(path: Path, images: np.ndarray, labels: np.ndarray) -> float:
    """Ask the file for one image after the other, by LiteRT alone."""
    interpreter = Interpreter(str(path))
    (taken,), (given,) = interpreter.get_input_details(), interpreter.get_output_details()
    interpreter.allocate_tensors()
    right = 0
    for image, label in zip(images, labels, strict=True):
        values = image[None, ..., None] / np.float32(255)
        if taken["dtype"] is np.int8:
            scale, zero = taken["quantization"]
            values = np.clip(np.round(values / scale) + zero, -128, 127).astype(np.int8)
        interpreter.set_tensor(taken["index"], values)
        interpreter.invoke()
        right += int(interpreter.get_tensor(given["index"])[0].argmax() == label)
    return right / len(labels)
