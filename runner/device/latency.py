"""Measure how long this processor takes to run a TFLite file on one image."""

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from runner.measure.quantization import quantize_images
from runner.process.processor import processor_name

Images = NDArray[np.float32]

# Always one, whatever `threads` is, so that latencies of different sweeps can be compared.
_THREADS = 1
_WARM_UP = 20
# As many invocations as fit into these seconds, but at least and at most this many.
_LEAST, _MOST = 50, 1000
_SECONDS = 1.0
# So many that no single image matters, and so few that all fit in memory as the file takes them.
IMAGES = 100


@dataclass(frozen=True)
class Latency:
    """Hold the median and the 90th percentile of the time for one image, in milliseconds."""

    median_ms: float
    p90_ms: float


def time_file(path: Path, images: Images) -> Latency:
    """Run a TFLite file on one image at a time, on one thread; only invoke() is timed.

    A file that takes a batch of several images is timed on such a batch, and the time divided.

    Args:
        images: float32, shape (N, ...) in the shape that the file takes; used in turn.
    """
    interpreter = Interpreter(str(path), num_threads=_THREADS)
    interpreter.allocate_tensors()
    return summarize(_invocations(interpreter, images[:IMAGES]))


def summarize(seconds: Iterator[float], at_most: float = _SECONDS) -> Latency:
    """Compute the latency from the seconds of single invocations, without the first 20.

    Args:
        seconds: runs an invocation for each value, and yields how long it took.
        at_most: seconds after which no more invocations are counted, once there are 50.
    """
    for _ in range(_WARM_UP):
        next(seconds)
    timings: list[float] = []
    end = time.monotonic() + at_most
    while len(timings) < _LEAST or (len(timings) < _MOST and time.monotonic() < end):
        timings.append(next(seconds))
    median, p90 = np.percentile(timings, [50, 90]) * 1000
    return Latency(float(median), float(p90))


def processor() -> str:
    """Name the processor that latencies are measured on, as `AMD EPYC 7B13, 1 thread`."""
    return f"{processor_name()}, {_THREADS} thread"


def _invocations(interpreter: Any, images: Images) -> Iterator[float]:
    """Invoke without end, with other images each time, and yield the seconds for each image."""
    (input_,) = interpreter.get_input_details()
    size = int(input_["shape"][0])
    places = (range(start, start + size) for start in range(0, len(images), size))
    batches = [quantize_images(images.take(each, 0, mode="wrap"), input_) for each in places]
    for batch in itertools.cycle(batches):
        interpreter.set_tensor(input_["index"], batch)
        started = time.perf_counter()
        interpreter.invoke()
        yield (time.perf_counter() - started) / size
