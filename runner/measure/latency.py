"""A TFLite file and images go in; the time that this processor takes for one image comes out."""

import itertools
import platform
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from runner.backend import Interpreter
from runner.measure.measurement import Images, quantize_images
from runner.process.capture import stderr_to_log

# Always one, whatever `threads` says: latencies of different sweeps can be compared.
_THREADS = 1
_WARM_UP = 20
# As many invocations as fit into the seconds, within these limits.
_LEAST, _MOST = 50, 1000
_SECONDS = 1.0
# Enough that no image decides, few enough to hold them all in the type that the file takes.
_IMAGES = 100
_CPU_INFO = Path("/proc/cpuinfo")


@dataclass(frozen=True)
class Latency:
    """Milliseconds that a file takes for an image: the median, and what nine in ten stay below."""

    median_ms: float
    p90_ms: float


def time_file(path: Path, images: Images) -> Latency:
    """Run a TFLite file over one image at a time, on one thread; only invoke() counts.

    Args:
        images: float32 in [0, 1], shape (N, H, W, C); used in turn, as often as it takes.
    """
    with stderr_to_log():
        interpreter = Interpreter(str(path), num_threads=_THREADS)
        interpreter.allocate_tensors()
    return summarize(_invocations(interpreter, images[:_IMAGES]))


def summarize(seconds: Iterator[float], at_most: float = _SECONDS) -> Latency:
    """Sum up the seconds of invocations, without the first ones, which warm up.

    Args:
        seconds: runs an invocation for each value; as many as fit into `at_most` seconds count.
    """
    for _ in range(_WARM_UP):
        next(seconds)
    counted: list[float] = []
    end = time.monotonic() + at_most
    while len(counted) < _LEAST or (len(counted) < _MOST and time.monotonic() < end):
        counted.append(next(seconds))
    median, p90 = np.percentile(counted, [50, 90]) * 1000
    return Latency(float(median), float(p90))


def processor(info: Path = _CPU_INFO) -> str:
    """Say on what latencies are measured, as in `AMD EPYC 7B13, 1 thread`."""
    lines = info.read_text().splitlines() if info.is_file() else []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    name = next(models, "") or platform.processor() or platform.machine()
    return f"{name}, {_THREADS} thread"


def _invocations(interpreter: Any, images: Images) -> Iterator[float]:
    """Invoke again and again, with the next image each time; yield how many seconds it took."""
    (taken,) = interpreter.get_input_details()
    for image in itertools.cycle([quantize_images(image[np.newaxis], taken) for image in images]):
        interpreter.set_tensor(taken["index"], image)
        started = time.perf_counter()
        interpreter.invoke()
        yield time.perf_counter() - started
