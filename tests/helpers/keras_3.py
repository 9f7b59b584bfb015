"""Make files with the current Keras, which is Keras 3, in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

from tests.helpers.hanging import HANGS_AFTER

_BEGIN = """
import keras, numpy as np
layers, ops = keras.layers, keras.ops
keras.utils.set_random_seed(0)
def unlike(model):
    "Give each weight, those of batch normalization too, a value of its own."
    draw = np.random.default_rng(1)
    for weight in model.weights:
        value = draw.normal(0, 0.5, weight.shape)
        weight.assign(abs(value) + 0.5 if "variance" in weight.path else value)
    return model
def save(model, *names):
    "Save a model, and what it answers to some images."
    sides = [side or 8 for side in model.inputs[0].shape[1:]]
    images = np.random.default_rng(2).random((4, *sides), np.float32)
    for name in names:
        model.save(name)
        np.savez(name + ".npz", images=images, answers=model(images, training=False))
"""


def run_keras_3(script: str, folder: Path) -> None:
    """Run a script in a folder, as users of the current TensorFlow run theirs.

    It has `keras`, `layers`, `ops`, `np`, and the functions `unlike` and `save`.
    """
    environment = {name: each for name, each in os.environ.items() if name not in _OURS}
    done = subprocess.run(
        [sys.executable, "-c", _BEGIN + script],
        cwd=folder,
        env={**environment, "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        timeout=HANGS_AFTER,
        check=False,
    )
    assert done.returncode == 0, done.stderr


_OURS = ("TF_USE_LEGACY_KERAS", "KERAS_BACKEND")
