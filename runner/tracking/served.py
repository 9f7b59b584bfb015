"""Serve the class probabilities that a TFLite file computes, as a model of MLflow.

MLflow copies this file into every promoted model, so it imports nothing of the runner.
"""

import threading
from collections.abc import Mapping
from typing import Any

import mlflow
import numpy as np
from ai_edge_litert.interpreter import Interpreter
from mlflow.pyfunc import PythonModel, PythonModelContext

# The artifact that is the TFLite file.
FILE = "file"
_BATCH = 200


class Classifier:
    """A TFLite file that takes images as float32 in [0, 1], whatever it computes in itself."""

    def __init__(self, path: str) -> None:
        self._interpreter = Interpreter(path)
        self._interpreter.allocate_tensors()
        # A server asks from several threads; an interpreter computes one thing at a time.
        self._lock = threading.Lock()

    @property
    def image_shape(self) -> tuple[int, ...]:
        """Shape of one image: height, width, channels."""
        (input_,) = self._interpreter.get_input_details()
        return tuple(map(int, input_["shape"][1:]))

    @property
    def classes(self) -> int:
        """How many probabilities there are for one image."""
        (output,) = self._interpreter.get_output_details()
        return int(output["shape"][-1])

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """Return a row of probabilities for each image, which is float32 in [0, 1]."""
        batches = range(0, len(images), _BATCH)
        with self._lock:
            rows = [self._compute(images[at : at + _BATCH]) for at in batches]
        return np.concatenate([np.empty((0, self.classes), np.float32), *rows])

    def _compute(self, images: np.ndarray) -> np.ndarray:
        (input_,) = self._interpreter.get_input_details()
        (output,) = self._interpreter.get_output_details()
        if tuple(input_["shape"]) != images.shape:
            self._interpreter.resize_tensor_input(input_["index"], images.shape)
            self._interpreter.allocate_tensors()
        self._interpreter.set_tensor(input_["index"], _quantize(images, input_))
        self._interpreter.invoke()
        return _dequantize(self._interpreter.get_tensor(output["index"]), output)


class ServedModel(PythonModel):
    """The model that MLflow loads and asks for predictions."""

    def load_context(self, context: PythonModelContext) -> None:
        """Read the file that lies beside this one."""
        self._classifier = Classifier(context.artifacts[FILE])

    def predict(self, model_input: np.ndarray) -> np.ndarray:
        """Return a row of probabilities for each image."""
        return self._classifier.probabilities(model_input)


def _quantize(images: np.ndarray, tensor: Mapping[str, Any]) -> np.ndarray:
    if tensor["dtype"] is np.float32:
        return images
    scale, zero_point = tensor["quantization"]
    limits = np.iinfo(tensor["dtype"])
    steps = np.round(images / scale) + zero_point
    return np.asarray(steps.clip(limits.min, limits.max), tensor["dtype"])


def _dequantize(values: np.ndarray, tensor: Mapping[str, Any]) -> np.ndarray:
    if tensor["dtype"] is np.float32:
        return values
    scale, zero_point = tensor["quantization"]
    return np.asarray((values.astype(np.float32) - zero_point) * scale, np.float32)


mlflow.models.set_model(ServedModel())
