"""Serve the class probabilities that a TFLite file computes, as a model of MLflow.

MLflow copies this file into every promoted model, so it imports nothing of the runner.
"""

import json
import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
from ai_edge_litert.interpreter import Interpreter
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import INTERNAL_ERROR, INVALID_PARAMETER_VALUE
from mlflow.pyfunc import PythonModel, PythonModelContext

# The artifacts: the TFLite file, and how pixels come to what it takes.
FILE, INPUT = "file", "input"
# The range of pixels as images have them, and what rounding may make of its ends.
PIXELS, BRIGHTEST, _SLACK = "0..255", 255, 0.25
# Images in one request to MLflow's server, which says so, and answers one request after the other.
_MOST, _SERVING = 10_000, "_MLFLOW_IS_IN_SERVING_ENVIRONMENT"


class Unanswered(MlflowException, ValueError):
    """Images that the model does not take, HTTP status 400, or by INTERNAL_ERROR fails on, 500."""

    def __init__(self, text: str, error_code: int = INVALID_PARAMETER_VALUE) -> None:
        line = "".join(c if c.isprintable() else "?" for c in " ".join(text.split()))
        super().__init__(line, error_code)

    def serialize_as_json(self) -> str:
        """Return what a server answers, without the data, which MLflow adds to the message."""
        self.message = str(self)
        return str(super().serialize_as_json())


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
            Unanswered: it is neither, or some number is outside of it.
        """
        if scale not in (self.range, PIXELS):
            pixels_too = "" if self.range == PIXELS else f", or {PIXELS} for pixels"
            raise Unanswered(f"scale={scale[:80]}: must be {self.range}{pixels_too}")
        pixels = images.dtype == np.uint8 or scale == PIXELS
        # What is too large for float32 becomes infinite.
        with np.errstate(over="ignore"):
            values = np.asarray(images, np.float32)
        if not np.isfinite(values).all():
            raise Unanswered("images must be finite numbers; got NaN, infinity or a larger one")
        self._require_range(values, pixels)
        if not pixels or self.range in (PIXELS, "as_is"):
            return values
        # A file may take all values of an image in one row.
        by_channel = values.reshape(-1, len(self.mean))
        ordered = by_channel[:, ::-1] if self.bgr else by_channel
        mean, std = (np.asarray(part, np.float32) for part in (self.mean, self.std))
        return np.asarray((ordered - mean) / std, np.float32).reshape(values.shape)

    def _require_range(self, values: np.ndarray, pixels: bool) -> None:
        """Refuse numbers that no pixel becomes; data that are taken as they are may be any."""
        scaled = not pixels and self.range != PIXELS
        if not values.size or (scaled and self.range == "as_is"):
            return
        mean, std = map(np.asarray, (self.mean, self.std) if scaled else ((0.0,), (1.0,)))
        by_channel = values.reshape(-1, mean.size)
        ends = np.stack([by_channel.min(axis=0), by_channel.max(axis=0)])
        if (ends * std + mean).min() < -_SLACK or (ends * std + mean).max() > BRIGHTEST + _SLACK:
            least, most = ((0 - mean) / std).min(), ((BRIGHTEST - mean) / std).max()
            got = f"{ends.min():.5g} to {ends.max():.5g}"
            got += f"; for pixels, set scale to {PIXELS}" if scaled else ""
            raise Unanswered(f"numbers must be from {least:.5g} to {most:.5g}; got {got}")


class Classifier:
    """A TFLite file that takes images as float32, whatever it computes in itself."""

    def __init__(self, path: str) -> None:
        self._interpreter = Interpreter(path)
        self._interpreter.allocate_tensors()
        (self._taken,) = self._interpreter.get_input_details()
        (self._given,) = self._interpreter.get_output_details()
        # Height, width, channels of one image, and how many probabilities it gets.
        self.image_shape = tuple(map(int, self._taken["shape"][1:]))
        self.classes = int(self._given["shape"][-1])
        # A server asks from several threads; an interpreter computes one thing at a time.
        self._lock = threading.Lock()

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """Return a row of probabilities for each image, in the range that the file takes."""
        # A file may have a fixed batch, which is filled up with images that do not count.
        size = int(self._taken["shape"][0])
        starts = range(0, len(images), size)
        batches = (images.take(range(at, at + size), axis=0, mode="wrap") for at in starts)
        with self._lock:
            rows = [self._compute(batch) for batch in batches]
        return np.concatenate([np.empty((0, self.classes), np.float32), *rows])[: len(images)]

    def _compute(self, images: np.ndarray) -> np.ndarray:
        self._interpreter.set_tensor(self._taken["index"], _quantize(images, self._taken))
        self._interpreter.invoke()
        return _dequantize(self._interpreter.get_tensor(self._given["index"]), self._given)


class ServedModel(PythonModel):
    """The model that MLflow loads and asks for predictions."""

    def load_context(self, context: PythonModelContext) -> None:
        """Read the files that lie beside this one."""
        self._classifier = Classifier(context.artifacts[FILE])
        self._input = Input(**json.loads(Path(context.artifacts[INPUT]).read_text("utf-8")))

    def predict(
        self, model_input: np.ndarray, params: Mapping[str, Any] | None = None
    ) -> np.ndarray:
        """Return a row of probabilities for each image.

        Args:
            model_input: numbers in the range that the file takes, or pixels from 0 to 255: uint8,
                or any numbers with the parameter that says so.
            params: `scale`, the range of these images.

        Raises:
            Unanswered: these are no such numbers, or there is no such range, or the model fails.
        """
        images = _numbers(model_input, self._classifier.image_shape)
        scale = str((params or {}).get("scale", self._input.range))
        prepared = self._input.prepare(images, scale)
        try:
            answers = self._classifier.probabilities(prepared)
        except Exception as error:
            raise Unanswered(f"the model failed: {error}", INTERNAL_ERROR) from error
        if not np.isfinite(answers).all():
            raise Unanswered("the model failed: its answers are no finite numbers", INTERNAL_ERROR)
        return answers


def _numbers(given: Any, shape: tuple[int, ...]) -> np.ndarray:
    """Return what was given as an array of numbers of the shape (N, ...), or refuse it."""
    try:
        images = np.asarray(given)
    except Exception:
        raise Unanswered("images must be numbers, all of one shape") from None
    if images.shape[1:] != shape or images.ndim != len(shape) + 1:
        raise Unanswered(f"images must have the shape {('N', *shape)}; got {images.shape}")
    if images.dtype.kind not in "uif":
        raise Unanswered(f"images must be numbers; got the type {images.dtype}")
    if len(images) > _MOST and os.environ.get(_SERVING) == "true":
        raise Unanswered(f"a request takes at most {_MOST} images; got {len(images)}")
    return images


def _quantize(images: np.ndarray, tensor: Mapping[str, Any]) -> np.ndarray:
    if tensor["dtype"] is np.float32:
        return images
    scale, zero_point = tensor["quantization"]
    limits, steps = np.iinfo(tensor["dtype"]), np.round(images / scale) + zero_point
    return np.asarray(steps.clip(limits.min, limits.max), tensor["dtype"])


def _dequantize(values: np.ndarray, tensor: Mapping[str, Any]) -> np.ndarray:
    if tensor["dtype"] is np.float32:
        return values
    scale, zero_point = tensor["quantization"]
    return np.asarray((values.astype(np.float32) - zero_point) * scale, np.float32)


mlflow.models.set_model(ServedModel())
