"""Compare what TFLite Micro computes with a file and with the one that it was encoded from."""

import itertools
import time
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runner.measure.quantization import quantize_images

# What both files are run on: as many inputs as fit into these seconds, but at least and at most so
# many. Every other one is an image, the rest is random.
_LEAST, _MOST = 8, 200
_SECONDS = 1.0
# Bytes of memory for tensors: the second for files that do not fit into the first.
_ARENAS = (1 << 24, 1 << 28)


class Unequal(ValueError):
    """Two files that should do the same give different answers."""


def verify(source: bytes, encoded: bytes, images: NDArray[np.float32] | None, seed: int) -> int:
    """Run both files, and require that all bits of their outputs are equal.

    Args:
        images: float32, shape (N, ...), as the files take them.
        seed: of the random inputs.

    Returns:
        How many inputs they were run on.

    Raises:
        Unequal: they are not.
        RuntimeError: TFLite Micro does not run one of them.
        ImportError: the package tflite-micro is missing.
    """
    interpreters = [_open(source), _open(encoded)]
    taken = _details(interpreters[0])
    end, number = time.monotonic() + _SECONDS, 0
    for number, values in enumerate(itertools.islice(_inputs(taken, images, seed), _MOST), 1):
        first, second = (_output(interpreter, values) for interpreter in interpreters)
        if first.tobytes() != second.tobytes():
            raise Unequal(f"its answers differ from those of its source on input {number}")
        if number >= _LEAST and time.monotonic() > end:
            break
    return number


def _open(content: bytes) -> Any:
    from tflite_micro.python.tflite_micro import runtime

    small, large = _ARENAS
    try:
        return runtime.Interpreter.from_bytes(content, arena_size=small)
    except RuntimeError:
        return runtime.Interpreter.from_bytes(content, arena_size=large)


def _details(interpreter: Any) -> dict[str, Any]:
    """Describe the input as LiteRT's interpreter does."""
    taken = interpreter.get_input_details(0)
    scales, points = (taken["quantization_parameters"][name] for name in ("scales", "zero_points"))
    quantized = len(scales) > 0
    pair = (float(scales[0]), int(points[0])) if quantized else (0.0, 0)
    dtype = np.dtype(taken["dtype"]).type
    return {"shape": tuple(taken["shape"]), "dtype": dtype, "quantization": pair}


def _inputs(
    taken: Mapping[str, Any], images: NDArray[np.float32] | None, seed: int
) -> Iterator[NDArray[Any]]:
    """Yield without end what a file takes: something random and an image, in turn."""
    random = np.random.default_rng(seed)
    shape = taken["shape"]
    for start in itertools.count(0, shape[0]):
        yield _random(random, taken)
        if images is not None and len(images):
            batch = images.take(range(start, start + shape[0]), axis=0, mode="wrap")
            yield np.ascontiguousarray(quantize_images(batch.reshape(shape), taken))


def _random(random: np.random.Generator, taken: Mapping[str, Any]) -> NDArray[Any]:
    shape, dtype = taken["shape"], taken["dtype"]
    if dtype is np.float32:
        return np.asarray(random.standard_normal(shape, np.float32))
    limits = np.iinfo(dtype)
    return np.asarray(random.integers(limits.min, limits.max, shape, dtype, endpoint=True))


def _output(interpreter: Any, values: NDArray[Any]) -> NDArray[Any]:
    interpreter.set_input(values, 0)
    interpreter.invoke()
    return np.asarray(interpreter.get_output(0))
