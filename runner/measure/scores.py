"""Compute the scores that a TFLite file gives to images, as many at a time as is safe.

A file with a fixed batch may still take more images at a time, which is faster where it consists of
large dense layers. But a constant in it may hold its batch, and then its answers may be wrong. So
it is given more only where each of its operators treats every image by itself, and where the scores
of some images come out as they do alone.
"""

import itertools
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray

from runner.backend import Interpreter
from runner.data.images import AnyImages, at_once
from runner.measure.quantization import quantize_images
from runner.process.capture import stderr_to_log

Scores = NDArray[Any]

# Images at a time, of all threads together.
_AT_ONCE = 200
# Of the images that go through a file first, how many are compared.
_COMPARED = 16
# Sums come out a little different where they are added up in another order. Relative to the largest
# score; for integers, in steps.
_ROUNDING, _STEPS = 1e-4, 1
_BY_IMAGE = {
    *("ADD", "AVERAGE_POOL_2D", "CONV_2D", "DENSIFY", "DEPTHWISE_CONV_2D", "DEQUANTIZE"),
    *("FULLY_CONNECTED", "HARD_SWISH", "LEAKY_RELU", "LOGISTIC", "MAX_POOL_2D", "MEAN", "MUL"),
    *("PAD", "QUANTIZE", "RELU", "RELU6", "RESHAPE", "SOFTMAX", "SUB", "TANH"),
}
_CODES = {getattr(schema.BuiltinOperator, name) for name in _BY_IMAGE}


class FileScores:
    """A TFLite file that scores any number of images, whatever batch it was exported with."""

    def __init__(self, path: Path, threads: int) -> None:
        """Open the file, in as many interpreters as there are threads."""
        self._path = path
        self._interpreters: Sequence[Any] = [open_file(path) for _ in range(threads)]
        self._compared = False

    @property
    def output(self) -> Mapping[str, Any]:
        """Details of the scores, as LiteRT's interpreter gives them."""
        (output,) = self._interpreters[0].get_output_details()
        return dict(output)

    @property
    def at_once(self) -> int:
        """How many images an interpreter takes at a time."""
        (input_,) = self._interpreters[0].get_input_details()
        return int(input_["shape"][0])

    def __call__(self, images: AnyImages) -> Scores:
        """Return the scores as the file stores them, a row for each image.

        Args:
            images: float32, at least one, shape (N, ...), as the file takes them.
        """
        if not self._compared:
            self._interpreters = self._larger(images) or self._interpreters
            self._compared = True
        rows = np.array_split(np.arange(len(images)), len(self._interpreters))
        parts = [part for part in rows if len(part)]
        with ThreadPoolExecutor(len(parts)) as pool:
            found = pool.map(_scores, self._interpreters, itertools.repeat(images), parts)
            return np.concatenate(list(found))

    def _larger(self, images: AnyImages) -> Sequence[Any] | None:
        """Return interpreters that take more images at a time; None where that is not safe."""
        one = self._interpreters[0]
        (input_,) = one.get_input_details()
        size = min(at_once(images, _AT_ONCE) // len(self._interpreters), len(images))
        open_batch = input_["shape_signature"][0] == -1
        if size <= input_["shape"][0] or not (open_batch or _only_by_image(self._path)):
            return None
        places = np.unique(np.linspace(0, size - 1, _COMPARED).astype(int))
        alone = _scores(one, images, places)
        # Caught within, because the refusal of a batch is no error to show.
        with stderr_to_log():
            try:
                larger = [open_file(self._path, size) for _ in self._interpreters]
                together = _scores(larger[0], images, np.arange(size))
            except (RuntimeError, ValueError):
                return None
        fits = together.shape == (size, *alone.shape[1:])
        return larger if fits and _same(together[places], alone) else None


def open_file(path: Path, size: int | None = None) -> Any:
    """Open a file on one thread, for so many images at a time; without a number, for its own."""
    with stderr_to_log():
        interpreter = Interpreter(str(path), num_threads=1)
        if size:
            (input_,) = interpreter.get_input_details()
            interpreter.resize_tensor_input(input_["index"], (size, *input_["shape"][1:]))
        interpreter.allocate_tensors()
    return interpreter


def _scores(interpreter: Any, images: AnyImages, rows: NDArray[np.int64]) -> Scores:
    """Run some images; the last batch is filled up with images that do not count."""
    (input_,) = interpreter.get_input_details()
    (output,) = interpreter.get_output_details()
    size = int(input_["shape"][0])
    total = -(-len(rows) // size) * size
    # Many are quantized at a time, because NumPy is slow on single images.
    block = max(at_once(images, _AT_ONCE) // size, 1) * size
    scores = []
    for start in range(0, total, block):
        places = np.arange(start, min(start + block, total)) % len(rows)
        values = quantize_images(images[rows[places]], input_)
        for batch in np.split(values, range(size, len(values), size)):
            interpreter.set_tensor(input_["index"], batch)
            interpreter.invoke()
            scores.append(interpreter.get_tensor(output["index"]))
    return np.concatenate(scores)[: len(rows)]


def _only_by_image(path: Path) -> bool:
    """Tell whether all operators of a file are known to treat each image of a batch by itself."""
    file = schema.Model.GetRootAs(path.read_bytes(), 0)
    codes = map(file.OperatorCodes, range(file.OperatorCodesLength()))
    # Which of the two fields holds the code depends on the converter's version.
    used = {max(code.DeprecatedBuiltinCode(), code.BuiltinCode()) for code in codes}
    return file.SubgraphsLength() == 1 and used <= _CODES


def _same(first: Scores, second: Scores) -> bool:
    """Tell whether scores differ by no more than rounding."""
    if first.dtype != np.float32:
        return bool((np.abs(first.astype(int) - second) <= _STEPS).all())
    limit = _ROUNDING * np.abs(second).max()
    return bool((np.abs(first - second) <= limit).all())
