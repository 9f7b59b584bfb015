"""Serve the class probabilities that a TFLite file computes, as a model of MLflow.

MLflow copies this file into every promoted model, so it imports nothing of the runner.
"""

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
from ai_edge_litert.interpreter import Interpreter
from mlflow.pyfunc import PythonModel, PythonModelContext

# The artifacts: the TFLite file, and how pixels come to what it takes.
FILE, INPUT = "file", "input"
# The range of pixels as images have them.
PIXELS = "0..255"


@dataclass(frozen=True)
class Input:
    """What a file takes for pixels: a mean is taken off of each, and a deviation divides the rest.

    Attributes:
        scale: name of the range of numbers.
        mean, std: of pixels from 0 to 255, one number or one a channel.
        bgr: whether the channels change their order from RGB to BGR before that.
        in_file: whether the file does all this itself.
    """

    scale: str = "0..1"
    mean: Sequence[float] = (0.0,)
    std: Sequence[float] = (255.0,)
    bgr: bool = False
    in_file: bool = False

    @property
    def range(self) -> str:
        """Name the range of numbers that the file takes."""
        return PIXELS if self.in_file else self.scale

    def prepare(self, images: np.ndarray, scale: str) -> np.ndarray:
        """Return images as the file takes them.

        Args:
            images: in the range that the file takes, or pixels from 0 to 255.
            scale: which of the two; images of uint8 are always pixels.

        Raises:
            ValueError: it is neither.
        """
        if scale not in (self.range, PIXELS):
            raise ValueError(f"scale={scale}: must be {self.range}, or {PIXELS} for pixels")
        pixels = images.dtype == np.uint8 or scale == PIXELS
        values = np.asarray(images, np.float32)
        if not pixels or self.range in (PIXELS, "as_is"):
            return values
        # A file may take all values of an image in one row.
        by_channel = values.reshape(-1, len(self.mean))
        ordered = by_channel[:, ::-1] if self.bgr else by_channel
        mean, std = (np.asarray(part, np.float32) for part in (self.mean, self.std))
        return np.asarray((ordered - mean) / std, np.float32).reshape(values.shape)


class Classifier:
    """A TFLite file that takes images as float32, whatever it computes in itself."""

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
        """Return a row of probabilities for each image, in the range that the file takes."""
        (input_,) = self._interpreter.get_input_details()
        # A file may have a fixed batch, which is filled up with images that do not count.
        size = int(input_["shape"][0])
        starts = range(0, len(images), size)
        batches = (images.take(range(at, at + size), axis=0, mode="wrap") for at in starts)
        with self._lock:
            rows = [self._compute(batch) for batch in batches]
        return np.concatenate([np.empty((0, self.classes), np.float32), *rows])[: len(images)]

    def _compute(self, images: np.ndarray) -> np.ndarray:
        (input_,) = self._interpreter.get_input_details()
        (output,) = self._interpreter.get_output_details()
        self._interpreter.set_tensor(input_["index"], _quantize(images, input_))
        self._interpreter.invoke()
        return _dequantize(self._interpreter.get_tensor(output["index"]), output)


class ServedModel(PythonModel):
    """The model that MLflow loads and asks for predictions."""

    def load_context(self, context: PythonModelContext) -> None:
        """Read the files that lie beside this one."""
        self._classifier = Classifier(context.artifacts[FILE])
        self._input = Input(**json.loads(Path(context.artifacts[INPUT]).read_text()))

    def predict(
        self, model_input: np.ndarray, params: Mapping[str, Any] | None = None
    ) -> np.ndarray:
        """Return a row of probabilities for each image.

        Args:
            model_input: numbers in the range that the file takes, or pixels from 0 to 255: uint8,
                or any numbers with the parameter that says so.
            params: `scale`, the range of these images.

        Raises:
            ValueError: the images have another shape, or there is no such range.
        """
        images, shape = np.asarray(model_input), self._classifier.image_shape
        if images.shape[1:] != shape:
            raise ValueError(f"images must have the shape {('N', *shape)}; got {images.shape}")
        scale = str((params or {}).get("scale", self._input.range))
        return self._classifier.probabilities(self._input.prepare(images, scale))


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
